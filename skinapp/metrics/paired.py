"""Whether two models differ on the same photographs."""

from typing import NamedTuple

import numpy as np

RESAMPLES = 5000
CONFIDENCE = 0.95


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

    Both are (n,), one value for each photograph in the same order; photographs are drawn with replacement.
    """
    if baseline.shape != other.shape or baseline.ndim != 1 or baseline.size == 0:
        raise ValueError(f"expected two arrays (n,), got {baseline.shape} and {other.shape}")
    differences = np.asarray(other, np.float64) - np.asarray(baseline, np.float64)
    draws = np.random.default_rng(seed).integers(0, differences.size, (RESAMPLES, differences.size))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(differences[draws].mean(axis=1), [tail, 1 - tail])
    return PairedDifference(float(differences.mean()), float(low), float(high), differences.size)
