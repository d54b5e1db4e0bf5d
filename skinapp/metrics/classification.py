"""How well classes are told apart. Classes are integers from 0, ``targets`` the true ones."""

from typing import NamedTuple

import numpy as np


class ClassRates(NamedTuple):
    """Per class, each float64 (K,); NaN where the ratio has no case."""

    sensitivity: np.ndarray
    specificity: np.ndarray
    precision: np.ndarray
    f1: np.ndarray


def accuracy(pred: np.ndarray, targets: np.ndarray) -> float:
    """Share of cases whose predicted class is the true one."""
    _check_classes(pred, targets)
    return float(np.mean(pred == targets))


def balanced_accuracy(pred: np.ndarray, targets: np.ndarray) -> float:
    """Mean over the classes present in ``targets`` of the share of each that is recognised.

    The score of ISIC 2018 Task 3: a rare class weighs as much as a common one.
    """
    _check_classes(pred, targets)
    return float(np.mean([np.mean(pred[targets == c] == c) for c in np.unique(targets)]))


def confusion_matrix(pred: np.ndarray, targets: np.ndarray, classes: int) -> np.ndarray:
    """Counts (classes, classes): row the true class, column the predicted one."""
    _check_classes(pred, targets)
    highest = max(pred.max(), targets.max())
    if highest >= classes:
        raise ValueError(f"classes must be over the highest class index {highest}, got {classes}")
    cells = targets.astype(np.int64) * classes + pred
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def class_rates(matrix: np.ndarray) -> ClassRates:
    """Each class against all others from a `confusion_matrix` (K, K).

    Sensitivity TP / (TP + FN), specificity TN / (TN + FP), precision TP / (TP + FP),
    F1 = 2 TP / (2 TP + FP + FN) (van Rijsbergen 1979).

    >>> class_rates(np.array([[3, 1], [0, 4]])).f1.round(3).tolist()
    [0.857, 0.889]
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a matrix (K, K), got {matrix.shape}")
    tp = np.diag(matrix).astype(np.float64)
    fn, fp = matrix.sum(axis=1) - tp, matrix.sum(axis=0) - tp
    tn = matrix.sum() - tp - fn - fp
    with np.errstate(invalid="ignore"):
        return ClassRates(tp / (tp + fn), tn / (tn + fp), tp / (tp + fp), 2 * tp / (2 * tp + fp + fn))


def roc_auc(scores: np.ndarray, positives: np.ndarray) -> float:
    """Area under the ROC curve: the chance that a positive case scores above a negative one, ties half.

    The Mann-Whitney statistic, AUC = (R - P (P + 1) / 2) / (P N), with R the sum of the (mid-)ranks of
    the P positives among all P + N scores (Hanley & McNeil 1982, Radiology 143:29). `ValueError` unless
    there is at least one positive and one negative case.

    >>> roc_auc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    0.875
    """
    check_scores(scores, positives)
    count = int(positives.sum())
    others = positives.size - count
    if count == 0 or others == 0:
        raise ValueError(f"expected positive and negative cases, got {count} and {others}")
    rank_sum = _mid_ranks(scores)[positives].sum()
    return float((rank_sum - count * (count + 1) / 2) / (count * others))


def one_vs_rest_auc(probs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """`roc_auc` of each class against all others, float64 (K,), from ``probs`` (N, K).

    NaN for a class that no case, or every case, belongs to; `np.nanmean` gives the macro average.
    """
    if probs.ndim != 2 or targets.shape != probs.shape[:1]:
        raise ValueError(f"expected probs (N, K) and targets (N,), got {probs.shape} and {targets.shape}")
    areas = np.full(probs.shape[1], np.nan)
    for c in range(probs.shape[1]):
        positives = targets == c
        if positives.any() and not positives.all():
            areas[c] = roc_auc(probs[:, c], positives)
    return areas


def sensitivity_specificity(
    scores: np.ndarray, positives: np.ndarray, threshold: float
) -> tuple[float, float]:
    """Share of positives with a score >= ``threshold``, and share of negatives below it.

    `ValueError` unless there is at least one positive and one negative case.
    """
    check_scores(scores, positives)
    if positives.all() or not positives.any():
        raise ValueError("expected positive and negative cases, got one kind only")
    called = scores >= threshold
    return float(called[positives].mean()), float((~called[~positives]).mean())


def _mid_ranks(scores: np.ndarray) -> np.ndarray:
    """Ranks from 1, equal scores sharing the mean of their ranks."""
    _values, where, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[where]


def _check_classes(pred: np.ndarray, targets: np.ndarray) -> None:
    for name, classes in (("pred", pred), ("targets", targets)):
        if classes.ndim != 1 or classes.size == 0 or not np.issubdtype(classes.dtype, np.integer):
            raise ValueError(f"{name} must be integers (N,), got {classes.dtype} {classes.shape}")
        if classes.min() < 0:
            raise ValueError(f"{name} must not be negative, got {classes.min()}")
    if pred.shape != targets.shape:
        raise ValueError(f"pred and targets must have one length, got {pred.size} and {targets.size}")


def check_scores(scores: np.ndarray, positives: np.ndarray) -> None:
    """`ValueError` unless ``scores`` are finite (N,) and ``positives`` is bool (N,)."""
    if positives.dtype != bool or positives.ndim != 1 or scores.shape != positives.shape:
        raise ValueError(
            "expected scores (N,) and positives bool (N,), "
            f"got {scores.shape} and {positives.dtype} {positives.shape}"
        )
    if not np.isfinite(scores).all():
        raise ValueError("scores must be finite")
