"""Sets of classes that hold the true one as often as was promised, group by group (conformal prediction).

Adaptive prediction sets (Romano, Sesia and Candès 2020, arXiv 2006.02544) with the score

    s(x, y) = sum of the probabilities of the classes that are more probable than y.

The random share of y's own probability, which the paper adds, is fixed at 0: the most probable class is in
every set, and the same photograph always gets the same set. What is promised holds for the cases of each
group of classes by themselves (label-conditional conformal prediction: Vovk 2012, arXiv 1209.2673): where
all share one threshold, the many cases of a common class make up for what is missed of a rare one.

``probs`` are (N, K), ``targets`` integers (N,) in [0, K).
"""

from collections.abc import Sequence

import numpy as np

from skinapp.metrics.calibration import check_cases


def conformal_scores(probs: np.ndarray) -> np.ndarray:
    """The score of every class (N, K) in [0, 1]: the higher, the less a class conforms.

    Equally probable classes are ranked by their place.

    >>> conformal_scores(np.array([[0.2, 0.5, 0.3]])).round(2).tolist()
    [[0.8, 0.0, 0.5]]
    """
    probs = np.asarray(probs, np.float64)
    order = np.argsort(-probs, axis=1, kind="stable")
    ranked = np.take_along_axis(probs, order, axis=1)
    scores = np.empty_like(probs)
    np.put_along_axis(scores, order, np.cumsum(ranked, axis=1) - ranked, axis=1)
    return scores


def conformal_thresholds(
    probs: np.ndarray, targets: np.ndarray, coverage: float, groups: Sequence[int]
) -> np.ndarray:
    """The scores (K,) up to which classes are taken, so that sets hold the true class with ``coverage``.

    ``groups`` (K,) says which classes share a threshold: the ceil((n + 1) * coverage)-th smallest score of a
    true class among the n calibration cases of the group. For a new case that is exchangeable with these the
    set is right with a probability of at least ``coverage``. 1, which takes a class always, where there are
    too few cases for the coverage.
    """
    check_cases(probs, targets)
    if not 0 < coverage < 1:
        raise ValueError(f"coverage must be between 0 and 1, got {coverage}")
    true, groups = conformal_scores(probs)[np.arange(len(targets)), targets], np.asarray(groups)
    thresholds = np.ones(len(groups))
    for group in np.unique(groups):
        scores = np.sort(true[groups[targets] == group])
        place = int(np.ceil((len(scores) + 1) * coverage))
        if place <= len(scores):
            thresholds[groups == group] = scores[place - 1]
    return thresholds


def conformal_sets(probs: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Which classes are in the set of each case, bool (N, K), by the threshold of each class (K,)."""
    return conformal_scores(probs) <= thresholds


def set_coverage(sets: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Whether each set holds the true class, bool (N,)."""
    check_cases(sets, targets)
    return sets[np.arange(len(targets)), targets]
