"""What every threshold gives: ROC and precision-recall curves, and the threshold for a wanted sensitivity.

``scores`` are (N,), higher for more suspicious; ``positives`` is bool (N,). A case is called positive where
its score is at least the threshold. Cases with one score share one point.
"""

from typing import NamedTuple

import numpy as np

from skinapp.metrics.classification import check_scores


class Curve(NamedTuple):
    """Per threshold, from the strictest (nothing is called) to the loosest (everything is): each (T,).

    ``precision`` is 1 where nothing is called.
    """

    threshold: np.ndarray
    sensitivity: np.ndarray
    specificity: np.ndarray
    precision: np.ndarray


def threshold_curve(scores: np.ndarray, positives: np.ndarray) -> Curve:
    """Sensitivity, specificity and precision at every score that occurs, and above all of them (infinity).

    `ValueError` unless there is at least one positive and one negative case.

    >>> curve = threshold_curve(np.array([0.2, 0.6, 0.9]), np.array([False, True, True]))
    >>> curve.sensitivity.tolist(), curve.specificity.tolist()
    ([0.0, 0.5, 1.0, 1.0], [1.0, 1.0, 1.0, 0.0])
    """
    check_scores(scores, positives)
    count = int(positives.sum())
    if count in (0, positives.size):
        raise ValueError(f"expected positive and negative cases, got {count} positive of {positives.size}")
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    ends = np.append(np.flatnonzero(np.diff(ranked)), ranked.size - 1)
    tp = np.append(0, np.cumsum(positives[order])[ends])
    called = np.append(0, ends + 1)
    precision = np.divide(tp, called, out=np.ones(tp.size), where=called > 0)
    specificity = 1 - (called - tp) / (positives.size - count)
    return Curve(np.append(np.inf, ranked[ends]), tp / count, specificity, precision)


def average_precision(scores: np.ndarray, positives: np.ndarray) -> float:
    """Mean of the precision over the gains in sensitivity, AP = sum_t (R_t - R_(t-1)) P_t.

    The area under the precision-recall curve without interpolation, as scikit-learn and the ISIC
    challenge take it; a guess by chance gives the share of positives.

    >>> round(average_precision(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])), 4)
    0.8333
    """
    curve = threshold_curve(scores, positives)
    return float(np.sum(np.diff(curve.sensitivity) * curve.precision[1:]))


def threshold_for_sensitivity(scores: np.ndarray, positives: np.ndarray, wanted: float) -> float:
    """The highest threshold that finds at least the share ``wanted`` in (0, 1] of the positives."""
    if not 0 < wanted <= 1:
        raise ValueError(f"wanted must be in (0, 1], got {wanted}")
    curve = threshold_curve(scores, positives)
    return float(curve.threshold[np.flatnonzero(curve.sensitivity >= wanted - 1e-12)[0]])
