"""The lesion taken out of a photograph and put back: its crop, a soft edge, and the blend."""

import cv2
import numpy as np

from skinapp.imaging.enlarging import Box, whole
from skinapp.imaging.geometry import check_image

MARGIN_SHARE = 0.15  # of the lesion's longer side, left around it in its crop
FEATHER_SHARE = 0.03  # of the diameter of a disc of the lesion's area
MIN_FEATHER_PX = 2.0
MIN_BOX_PX = 16


def lesion_box(mask: np.ndarray) -> Box:
    """The lesion with `MARGIN_SHARE` around it, a square where the frame has room; the frame without one.

    At least `MIN_BOX_PX` a side as far as the frame goes: image metrics need that much to look at.
    """
    height, width = mask.shape
    if not mask.any():
        return whole(mask)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    (top, bottom), (left, right) = (rows[0], rows[-1] + 1), (columns[0], columns[-1] + 1)
    side = max(MIN_BOX_PX, round(max(bottom - top, right - left) * (1 + 2 * MARGIN_SHARE)))
    rows, columns = _span((top + bottom) / 2, side, height), _span((left + right) / 2, side, width)
    return Box(rows[0], columns[0], rows[1], columns[1])


def middle_of(box: Box, side_px: int) -> Box:
    """The box, cut to ``side_px`` a side around its centre where it is larger."""
    top, left = (
        start + max(0, size - side_px) // 2 for start, size in ((box.top, box.height), (box.left, box.width))
    )
    return Box(top, left, top + min(box.height, side_px), left + min(box.width, side_px))


def feathered(mask: np.ndarray) -> np.ndarray:
    """The mask with a soft edge on its inner side, float32 (H, W): 0 outside, rising to 1 inside.

    The edge is `FEATHER_SHARE` wide, at least `MIN_FEATHER_PX`, and the outermost pixels of the lesion are
    0 still; so nothing outside the outline changes, also when the map is enlarged bilinearly. A lesion too
    thin for the edge stays below 1. What the frame cuts off has no edge there.
    """
    if mask.dtype != bool or mask.ndim != 2:
        raise ValueError(f"expected a mask, bool (H, W), got {mask.dtype} {mask.shape}")
    if mask.all():
        return np.ones(mask.shape, np.float32)
    width_px = max(MIN_FEATHER_PX, FEATHER_SHARE * 2 * np.sqrt(mask.sum() / np.pi))
    depth = cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) - 1
    rise = np.clip(depth / np.float32(width_px), 0, 1)
    return rise * rise * (3 - 2 * rise)  # level at both ends


def composite(background: np.ndarray, foreground: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """background * (1 - alpha) + foreground * alpha, rounded; the background itself where alpha is 0."""
    for image in (background, foreground):
        check_image(image)
    if not background.shape == foreground.shape == (*alpha.shape, 3):
        raise ValueError(
            f"expected one size, got {background.shape}, {foreground.shape} and alpha {alpha.shape}"
        )
    return cv2.blendLinear(background, foreground, 1 - alpha, alpha)


def _span(centre: float, side: int, limit: int) -> tuple[int, int]:
    """Start and stop of ``side`` pixels around ``centre``, moved into [0, limit] and cut if they must be."""
    side = min(side, limit)
    start = min(max(0, round(centre - side / 2)), limit - side)
    return start, start + side
