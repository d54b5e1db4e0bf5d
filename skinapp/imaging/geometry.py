"""Sizes and masks: photographs to model inputs, probability maps back to photographs."""

from collections.abc import Sequence

import cv2
import numpy as np

KEPT_COMPONENT_SHARE = 0.10  # of the largest component; smaller components are dropped
MIN_LESION_SHARE = 0.001  # of the frame; a smaller lesion is taken as none


def fit_square(image: np.ndarray, side_px: int) -> np.ndarray:
    """The image as a square of ``side_px``, its aspect given up so that no edge is lost.

    Shrinking averages areas (no aliasing), enlarging is bilinear.
    """
    check_image(image)
    _check_side(side_px)
    return _resized(image, side_px, side_px)


def thumbnail(image: np.ndarray, side_px: int) -> np.ndarray:
    """The image with its longer side at most ``side_px``, aspect kept; never enlarged."""
    check_image(image)
    return _resized(image, *thumbnail_size(image, side_px))


def thumbnail_size(image: np.ndarray, side_px: int) -> tuple[int, int]:
    """Height and width of a `thumbnail`, for an image (H, W, ...)."""
    _check_side(side_px)
    height, width = image.shape[:2]
    scale = min(1.0, side_px / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def mirror_images(image: np.ndarray) -> tuple[np.ndarray, ...]:
    """The image, and mirrored left to right, top to bottom, and both ways."""
    check_image(image)
    turned = (image, image[:, ::-1], image[::-1], image[::-1, ::-1])
    return tuple(np.ascontiguousarray(one) for one in turned)


def resize_map(values: np.ndarray, height: int, width: int) -> np.ndarray:
    """A map (h, w) as float32 (height, width), bilinear between pixel centres."""
    if values.ndim != 2 or values.size == 0:
        raise ValueError(f"expected a map (h, w), got shape {values.shape}")
    return cv2.resize(values.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)


def mean_maps(stacks: Sequence[np.ndarray]) -> np.ndarray:
    """The mean of stacks of maps, each (K, h, w) with a size of its own, as float32 at the largest."""
    height, width = (max(stack.shape[axis] for stack in stacks) for axis in (1, 2))
    resized = [[resize_map(one, height, width) for one in stack] for stack in stacks]
    return np.mean(resized, axis=0, dtype=np.float32)


def resize_mask(mask: np.ndarray, height: int, width: int) -> np.ndarray:
    """A mask (h, w) as bool (height, width): a pixel is kept where at least half of it was in the mask."""
    if mask.dtype != bool or mask.ndim != 2 or mask.size == 0:
        raise ValueError(f"expected a mask, bool (h, w), got {mask.dtype} {mask.shape}")
    return _resized(mask.astype(np.float32), height, width) >= 0.5


def plain_mask(prob_map: np.ndarray, height: int, width: int, threshold: float) -> np.ndarray:
    """Where the probability, resized to (height, width), is at least ``threshold``: for evaluation."""
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold must be in [0, 1], got {threshold}")
    return resize_map(prob_map, height, width) >= threshold


def lesion_mask(prob_map: np.ndarray, height: int, width: int, threshold: float) -> np.ndarray:
    """`plain_mask` tidied for the screen: one lesion, solid, no specks.

    Keeps the largest connected component and those of at least `KEPT_COMPONENT_SHARE` of its area, fills
    their holes, and returns an empty mask if less than `MIN_LESION_SHARE` of the frame is left.
    """
    mask = _filled(_large_components(plain_mask(prob_map, height, width, threshold)))
    if mask.sum() < MIN_LESION_SHARE * mask.size:
        return np.zeros_like(mask)
    return mask


def check_image(image: np.ndarray) -> None:
    """`ValueError` unless uint8 (H, W, 3) with at least one pixel."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(f"expected an image, uint8 (H, W, 3), got {image.dtype} {image.shape}")


def check_mask(mask: np.ndarray, image: np.ndarray) -> None:
    """`ValueError` unless bool and of the height and width of ``image``."""
    if mask.dtype != bool or mask.shape != image.shape[:2]:
        raise ValueError(f"expected a mask, bool {image.shape[:2]}, got {mask.dtype} {mask.shape}")


def _check_side(side_px: int) -> None:
    if side_px < 1:
        raise ValueError(f"side_px must be at least 1, got {side_px}")


def _resized(image: np.ndarray, height: int, width: int) -> np.ndarray:
    image = _halved(image, height, width)
    shrinks = height < image.shape[0] or width < image.shape[1]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(image, (width, height), interpolation=interpolation)


def _halved(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """The image at half its size as often as it stays large enough: means over whole pixels, which OpenCV
    takes several times as fast as those over parts of pixels."""
    rows, columns = image.shape[:2]
    while rows % 2 == columns % 2 == 0 and rows >= 2 * height and columns >= 2 * width:
        rows, columns = rows // 2, columns // 2
        image = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
    return image


def _large_components(mask: np.ndarray) -> np.ndarray:
    count, labels, stats, _centres = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    if count <= 2:  # the background, and one component at most
        return mask
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0  # the background
    return (areas >= max(1, KEPT_COMPONENT_SHARE * areas.max()))[labels]


def _filled(mask: np.ndarray) -> np.ndarray:
    contours, _tree = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(filled, contours, -1, 1, thickness=cv2.FILLED)
    return filled.view(bool)
