"""How well a mask matches the true mask. Masks are bool arrays of one shape.

Empty masks: the measures are ratios of pixel counts, and a ratio without any pixel has no value of its
own. The choice made here: where neither mask has such pixels they agree, so the value is 1; where only
one of them has, it is 0. For `iou` and `dice` that means both empty -> 1, one empty -> 0.
"""

from typing import NamedTuple

import numpy as np

ISIC_FLOOR = 0.65


class Confusion(NamedTuple):
    """Pixel counts: lesion found, background taken for lesion, lesion missed, background found."""

    tp: int
    fp: int
    fn: int
    tn: int


def confusion(pred: np.ndarray, target: np.ndarray) -> Confusion:
    """Pixel counts of a predicted against the true mask; `ValueError` unless bool and of one shape.

    >>> confusion(np.array([[True, True, False]]), np.array([[True, False, False]]))
    Confusion(tp=1, fp=1, fn=0, tn=1)
    """
    for name, mask in (("pred", pred), ("target", target)):
        if mask.dtype != bool or mask.size == 0:
            raise ValueError(f"{name} must be a bool array with pixels, got {mask.dtype} {mask.shape}")
    if pred.shape != target.shape:
        raise ValueError(f"pred and target must have one shape, got {pred.shape} and {target.shape}")
    tp = int(np.count_nonzero(pred & target))
    fp = int(np.count_nonzero(pred)) - tp
    fn = int(np.count_nonzero(target)) - tp
    return Confusion(tp, fp, fn, pred.size - tp - fp - fn)


def iou(pred: np.ndarray, target: np.ndarray) -> float:
    """Intersection over union (Jaccard index), TP / (TP + FP + FN)."""
    tp, fp, fn, _tn = confusion(pred, target)
    return _ratio(tp, tp + fp + fn, agree=True)


def dice(pred: np.ndarray, target: np.ndarray) -> float:
    """Dice coefficient (F1 of the pixels), 2 TP / (2 TP + FP + FN)."""
    tp, fp, fn, _tn = confusion(pred, target)
    return _ratio(2 * tp, 2 * tp + fp + fn, agree=True)


def pixel_accuracy(pred: np.ndarray, target: np.ndarray) -> float:
    """Share of pixels on which the masks agree, (TP + TN) / all. High for any mask of a small lesion."""
    tp, _fp, _fn, tn = confusion(pred, target)
    return (tp + tn) / pred.size


def precision(pred: np.ndarray, target: np.ndarray) -> float:
    """Share of the predicted lesion that is lesion, TP / (TP + FP)."""
    tp, fp, fn, _tn = confusion(pred, target)
    return _ratio(tp, tp + fp, agree=fn == 0)


def recall(pred: np.ndarray, target: np.ndarray) -> float:
    """Share of the true lesion that is found (sensitivity), TP / (TP + FN)."""
    tp, fp, fn, _tn = confusion(pred, target)
    return _ratio(tp, tp + fn, agree=fp == 0)


def specificity(pred: np.ndarray, target: np.ndarray) -> float:
    """Share of the true background that is left free, TN / (TN + FP)."""
    _tp, fp, fn, tn = confusion(pred, target)
    return _ratio(tn, tn + fp, agree=fn == 0)


def thresholded_jaccard(pred: np.ndarray, target: np.ndarray, floor: float = ISIC_FLOOR) -> float:
    """IoU, counted as 0 below ``floor``: the score of ISIC 2018 Task 1 (Codella et al. 2019,
    arXiv 1902.03368), whose 0.65 is about where experts no longer agree among themselves."""
    value = iou(pred, target)
    return value if value >= floor else 0.0


def _ratio(part: int, whole: int, agree: bool) -> float:
    return part / whole if whole else float(agree)
