"""Whether two models differ on the same photographs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import wilcoxon

from skinapp.metrics.bootstrap import ends

RESAMPLES = 5000


class PairedDifference(NamedTuple):
    """Mean of the differences with a confidence interval, over ``n`` pairs."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def is_shown(self) -> bool:
        """True where the interval excludes 0: only then do the data show a difference."""
        return self.low > 0 or self.high < 0


def paired_difference(baseline: np.ndarray, other: np.ndarray, seed: int = 0) -> PairedDifference:
    """Mean of ``other - baseline`` with its percentile bootstrap interval (Efron & Tibshirani 1993, ch. 13).

    Both are (n,), one value for each photograph in the same order, or (S, n) for S trainings of each model.
    Photographs are drawn with replacement, and trainings too, so that several of them widen the interval by
    what another training would change. How far the drawn trainings lie from their mean is taken times
    sqrt(S / (S - 1)), as a draw of S varies by (S - 1) / S of what they do (Davison & Hinkley 1997, section
    3.8). With few trainings that differ much it remains somewhat too narrow: S values tell no more of them.
    """
    differences = _differences(baseline, other)
    trainings, size = differences.shape
    random = np.random.default_rng(seed)
    draws = random.integers(0, size, (RESAMPLES, size))
    if trainings == 1:
        means = differences[0][draws].mean(axis=1)
    else:
        drawn = random.integers(0, trainings, (RESAMPLES, trainings))
        of_each = np.array([differences[:, photographs].mean(axis=1) for photographs in draws])
        centre = of_each.mean(axis=1)
        away = np.take_along_axis(of_each, drawn, axis=1).mean(axis=1) - centre
        means = centre + np.sqrt(trainings / (trainings - 1)) * away
    return PairedDifference(float(differences.mean()), *ends(means), size)


def signed_rank_p(baseline: np.ndarray, other: np.ndarray) -> float:
    """Two-sided p of Wilcoxon's signed-rank test (Wilcoxon 1945) of the photographs' differences.

    Of several trainings, (S, n), the mean of each photograph counts. Photographs without a difference are
    left out; where none differs, p is 1.
    """
    differences = _differences(baseline, other).mean(axis=0)
    return float(wilcoxon(differences).pvalue) if differences.any() else 1.0


def better_and_worse(baseline: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Share of photographs with a higher and with a lower value in ``other``, mean over the trainings."""
    differences = _differences(baseline, other).mean(axis=0)
    return float(np.mean(differences > 0)), float(np.mean(differences < 0))


def holm(p_values: Sequence[float]) -> list[float]:
    """p values corrected for their number (Holm 1979, Scand J Stat 6:65), in the order given.

    The k-th smallest of m, from 0, is multiplied by m - k; none falls below a smaller one, none exceeds 1.

    >>> [round(p, 4) for p in holm([0.04, 0.01, 0.03])]
    [0.06, 0.03, 0.06]
    """
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    corrected, floor = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        floor = max(floor, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = floor
    return corrected


def _differences(baseline: np.ndarray, other: np.ndarray) -> np.ndarray:
    """``other - baseline`` as (S, n)."""
    if baseline.shape != other.shape or baseline.ndim not in (1, 2) or baseline.size == 0:
        raise ValueError(f"expected two arrays (n,) or (S, n), got {baseline.shape} and {other.shape}")
    return np.atleast_2d(np.asarray(other, np.float64) - np.asarray(baseline, np.float64))
