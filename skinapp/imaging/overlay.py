"""Outlines, fills and heat maps on photographs. Every function returns a new image."""

from collections.abc import Sequence

import cv2
import numpy as np

from skinapp.imaging.geometry import check_image, check_mask, resize_map
from skinapp.results import FULL_HEAT

Colour = tuple[int, int, int]
Borders = tuple[np.ndarray, ...]

# Sky blue and black of the palette that colour-blind readers tell apart (Okabe & Ito 2008, "Color
# Universal Design"); the blue is far from every skin tone.
OUTLINE_COLOUR: Colour = (86, 180, 233)
EDGE_COLOUR: Colour = (0, 0, 0)
STRAY_PX = 0.75  # of the mask: how far a drawn polygon may lie from the border
LINE_SHARE = 1 / 200  # width of the bright line as a fraction of the shorter side
COLOUR_MAP = cv2.COLORMAP_VIRIDIS  # perceptually even; its hues stand out from skin


def draw_outline(image: np.ndarray, mask: np.ndarray, colour: Colour = OUTLINE_COLOUR) -> np.ndarray:
    """The border of the mask as one bright line with a thin dark edge on both sides.

    The dark edge keeps the line visible on pale skin, the bright line on dark skin. Line width follows
    the size of the image.
    """
    check_image(image)
    check_mask(mask, image)
    return _lines(image, _contours(mask), colour)


def draw_borders(image: np.ndarray, borders: Borders, opacity: float = 1.0) -> np.ndarray:
    """`draw_outline` from the borders of a mask of any size, and with less ``opacity``, paler."""
    check_image(image)
    _check_opacity(opacity)
    size = np.array(image.shape[1::-1], np.float32)
    drawn = _lines(image, [np.rint(border * size - 0.5).astype(np.int32) for border in borders])
    return drawn if opacity == 1 else cv2.addWeighted(drawn, opacity, image, 1 - opacity, 0)


def borders_of(mask: np.ndarray) -> Borders:
    """The borders of a mask, (N, 1, 2) points each as fractions of width and height.

    Polygons (Douglas-Peucker) that stay within `STRAY_PX` of the border: a third of the points to draw.
    """
    size = np.array(mask.shape[::-1], np.float32)
    polygons = (cv2.approxPolyDP(border, STRAY_PX, closed=True) for border in _contours(mask))
    return tuple((polygon + np.float32(0.5)) / size for polygon in polygons)


def _contours(mask: np.ndarray) -> Sequence[np.ndarray]:
    return cv2.findContours(mask.view(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)[0]


def _lines(image: np.ndarray, contours: Sequence[np.ndarray], colour: Colour = OUTLINE_COLOUR) -> np.ndarray:
    drawn = image.copy()
    bright = max(2, round(min(image.shape[:2]) * LINE_SHARE))
    edge = max(1, bright // 3)
    cv2.drawContours(drawn, contours, -1, EDGE_COLOUR, bright + 2 * edge, cv2.LINE_AA)
    cv2.drawContours(drawn, contours, -1, colour, bright, cv2.LINE_AA)
    return drawn


def fill_mask(
    image: np.ndarray, mask: np.ndarray, opacity: float, colour: Colour = OUTLINE_COLOUR
) -> np.ndarray:
    """The mask tinted in one colour; ``opacity`` 0 leaves the image as it is, 1 covers the lesion."""
    check_image(image)
    check_mask(mask, image)
    _check_opacity(opacity)
    flat = np.empty_like(image)
    flat[:] = colour
    return blended(image, flat, mask.astype(np.float32) * opacity)


def overlay_attribution(image: np.ndarray, heatmap: np.ndarray, opacity: float) -> np.ndarray:
    """Where a model looked, a heat map in units of its `FULL_HEAT`, by the square root of the heat.

    In proportion, what stays below half of full heat is hardly seen on a photograph. The root spreads that
    half over most of the scale, and a map with less heat than another still looks weaker.
    """
    return overlay_heatmap(image, heatmap, FULL_HEAT, opacity, power=0.5)


def overlay_heatmap(
    image: np.ndarray, heatmap: np.ndarray, vmax: float, opacity: float, power: float = 1.0
) -> np.ndarray:
    """A heat map (h, w), >= 0, laid over the image: colour and cover are (heat / ``vmax``) ** ``power``.

    ``vmax`` is the value of the top of the scale, shared by all maps that are compared; the map is never
    scaled by its own maximum, so a weak map looks weak. Where the heat is 0 the image shows unchanged,
    where it reaches ``vmax`` the cover is ``opacity``. With ``vmax`` 0 the image is returned as it is.
    """
    check_image(image)
    _check_opacity(opacity)
    if vmax < 0:
        raise ValueError(f"vmax must not be negative, got {vmax}")
    if vmax == 0:
        return image.copy()
    height, width = image.shape[:2]
    heat = np.clip(resize_map(heatmap, height, width) / np.float32(vmax), 0, 1) ** power
    return blended(image, _coloured(heat), heat * np.float32(opacity))


def colour_bar(height: int, width: int) -> np.ndarray:
    """The colour scale as an image: highest at the top, or at the right where it is wider than high."""
    if height >= width:
        steps = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    else:
        steps = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    return _coloured(np.broadcast_to(steps, (height, width)))


def _coloured(fractions: np.ndarray) -> np.ndarray:
    levels = np.rint(fractions * 255).astype(np.uint8)
    return cv2.cvtColor(cv2.applyColorMap(levels, COLOUR_MAP), cv2.COLOR_BGR2RGB)


def blended(image: np.ndarray, cover: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """image * (1 - alpha) + cover * alpha, rounded, for alpha float32 (H, W)."""
    alpha = alpha.astype(np.float32, copy=False)
    return cv2.blendLinear(image, cover, 1 - alpha, alpha)


def _check_opacity(opacity: float) -> None:
    if not 0 <= opacity <= 1:
        raise ValueError(f"opacity must be in [0, 1], got {opacity}")
