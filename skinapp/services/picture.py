"""The picture that a visitor sees: a camera's frame with the newest result drawn on it."""

import cv2
import numpy as np

from skinapp.imaging.geometry import thumbnail
from skinapp.imaging.overlay import draw_borders, overlay_attribution
from skinapp.services.frame import FrameResult

FRESH_S, GONE_S = 0.5, 1.5  # age up to which a result is drawn in full, and from which not at all
SHOWN_SIDE_PX, SMALLEST_PX = 1280, 16  # sides of a picture that is sent back
HEAT_OPACITY = 0.5


def drawn(image: np.ndarray, result: FrameResult, age_s: float) -> np.ndarray:
    """The frame with a result on it, the paler the older that is."""
    opacity = opacity_at(age_s)
    if opacity == 0:
        return image
    if result.heatmap is not None:
        image = overlay_attribution(image, result.heatmap, HEAT_OPACITY * opacity)
    return draw_borders(image, result.borders, opacity)


def opacity_at(age_s: float) -> float:
    """1 for a fresh result, falling to 0 for one that is too old to be true.

    >>> opacity_at(0.2), opacity_at(1.0), opacity_at(3.0)
    (1.0, 0.5, 0.0)
    """
    return float(np.clip((GONE_S - age_s) / (GONE_S - FRESH_S), 0, 1))


def sendable(image: np.ndarray) -> np.ndarray:
    """The frame at a size that every video encoder takes: not too long, sides even and not too small."""
    small = thumbnail(image, SHOWN_SIDE_PX)
    height, width = (max(SMALLEST_PX, side // 2 * 2) for side in small.shape[:2])
    if (height, width) == small.shape[:2]:
        return small
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
