"""How far the border of a mask lies from the true border. Masks are bool (H, W) of one shape.

The border of a mask is its pixels with at least one of the four neighbours outside it. What lies beyond the
frame counts as outside, so a mask that fills the frame has the frame's edge as its border, and every mask
with a pixel has a border. Distances are Euclidean, in pixels, between pixel centres.
"""

from typing import NamedTuple

import cv2
import numpy as np

TOLERANCE_SHARE = 0.0075  # of the diagonal, as in Csurka et al. 2013

_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


class BorderDistances(NamedTuple):
    """From each border pixel of one mask to the nearest of the other, float32 (n,) and (m,), in pixels."""

    from_pred: np.ndarray
    from_target: np.ndarray


class BoundaryScores(NamedTuple):
    """Both measures of one pair of masks."""

    f1: float
    hausdorff_95_px: float


def boundary_scores(
    pred: np.ndarray, target: np.ndarray, tolerance_px: float | None = None
) -> BoundaryScores:
    """`boundary_f1` and `hausdorff_95` for the price of one of them."""
    distances = border_distances(pred, target)
    tolerance_px = default_tolerance_px(target) if tolerance_px is None else tolerance_px
    return BoundaryScores(_f1(distances, tolerance_px), _hausdorff(distances, target.shape, 95))


def boundary_f1(pred: np.ndarray, target: np.ndarray, tolerance_px: float | None = None) -> float:
    """F1 of the border pixels, in [0, 1], where a pixel is right within ``tolerance_px`` of the other border.

    Precision P is the share of right pixels on the border of ``pred``, recall R that on the border of
    ``target``, and F1 = 2 P R / (P + R) (Csurka et al. 2013, "What is a good evaluation measure for semantic
    segmentation?", BMVC; the contour accuracy F of Perazzi et al. 2016, CVPR, eq. 2). Without a tolerance,
    `default_tolerance_px`.

    Both masks empty -> 1, one empty -> 0.

    >>> square = np.zeros((9, 9), bool); square[2:7, 2:7] = True
    >>> boundary_f1(np.roll(square, 1, axis=1), square, tolerance_px=1)
    1.0
    """
    tolerance_px = default_tolerance_px(target) if tolerance_px is None else tolerance_px
    return _f1(border_distances(pred, target), tolerance_px)


def hausdorff_95(pred: np.ndarray, target: np.ndarray) -> float:
    """`hausdorff` at the 95th percentile, in pixels: the farthest twentieth of each border is left out."""
    return hausdorff(pred, target, 95)


def hausdorff(pred: np.ndarray, target: np.ndarray, percent: float = 100) -> float:
    """Hausdorff distance of the two borders in pixels: max(h(pred, target), h(target, pred)).

    h(A, B) is a percentile of the distances from each pixel of A to the nearest of B; at 100 it is their
    maximum, the classical distance. A lower one forgives outliers (Taha and Hanbury 2015, BMC Medical
    Imaging 15:29, "Hausdorff distance"; Huttenlocher et al. 1993). Percentiles are interpolated linearly.

    Both masks empty -> 0; one empty -> the frame's diagonal, which no distance reaches.

    >>> dot, other = np.zeros((2, 8, 8), bool)
    >>> dot[0, 0] = other[3, 4] = True
    >>> hausdorff(dot, other)
    5.0
    """
    return _hausdorff(border_distances(pred, target), target.shape, percent)


def default_tolerance_px(mask: np.ndarray) -> float:
    """`TOLERANCE_SHARE` of the frame's diagonal.

    >>> round(default_tolerance_px(np.zeros((256, 256), bool)), 2)
    2.72
    """
    return TOLERANCE_SHARE * float(np.hypot(*mask.shape))


def border_distances(pred: np.ndarray, target: np.ndarray) -> BorderDistances:
    """The distances behind both measures, in no order; empty from an empty mask, infinite to one.

    `ValueError` unless both masks are bool (H, W) of one shape with pixels.
    """
    _check(pred, target)
    pred_border, target_border = (_border(mask) for mask in _cropped(pred, target))
    return BorderDistances(
        from_pred=_distance_to(target_border)[pred_border],
        from_target=_distance_to(pred_border)[target_border],
    )


def _f1(distances: BorderDistances, tolerance_px: float) -> float:
    if not tolerance_px >= 0:
        raise ValueError(f"tolerance_px must not be negative, got {tolerance_px}")
    from_pred, from_target = distances
    if from_pred.size == 0 or from_target.size == 0:
        return float(from_pred.size == from_target.size)
    precision, recall = (float(np.mean(part <= tolerance_px)) for part in distances)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _hausdorff(distances: BorderDistances, shape: tuple[int, ...], percent: float) -> float:
    if not 0 <= percent <= 100:
        raise ValueError(f"percent must be in [0, 100], got {percent}")
    from_pred, from_target = distances
    if from_pred.size == 0 or from_target.size == 0:
        return 0.0 if from_pred.size == from_target.size else float(np.hypot(*shape))
    return max(float(np.percentile(part, percent)) for part in distances)


def _check(pred: np.ndarray, target: np.ndarray) -> None:
    for name, mask in (("pred", pred), ("target", target)):
        if mask.dtype != bool or mask.ndim != 2 or mask.size == 0:
            raise ValueError(f"{name} must be a mask, bool (H, W), got {mask.dtype} {mask.shape}")
    if pred.shape != target.shape:
        raise ValueError(f"pred and target must have one shape, got {pred.shape} and {target.shape}")


def _cropped(pred: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both masks cut to the box around their pixels: nothing outside it changes a distance."""
    left, top, width, height = cv2.boundingRect((pred | target).view(np.uint8))
    box = np.s_[top : top + max(1, height), left : left + max(1, width)]
    return np.ascontiguousarray(pred[box]), np.ascontiguousarray(target[box])


def _border(mask: np.ndarray) -> np.ndarray:
    inner = cv2.erode(mask.view(np.uint8), _CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return mask & ~inner.view(bool)


def _distance_to(border: np.ndarray) -> np.ndarray:
    """From every pixel to the nearest one of the border; infinite where there is none."""
    if not border.any():
        return np.full(border.shape, np.inf, np.float32)
    return cv2.distanceTransform((~border).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
