"""How far a figure could move by chance: percentile bootstrap intervals (Efron & Tibshirani 1993, ch. 13).

Photographs of one lesion are no independent cases, so whole groups are drawn with replacement.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

RESAMPLES = 2000
CONFIDENCE = 0.95


class Interval(NamedTuple):
    """A figure with its 95 % interval over ``n`` cases."""

    value: float
    low: float
    high: float
    n: int


def mean_interval(
    values: np.ndarray, groups: np.ndarray | None = None, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """The mean of ``values`` (N,), groups drawn with replacement; without ``groups`` each case is its own."""
    values = np.asarray(values, np.float64)
    members = _group_index(values.size, groups)
    sums, counts = np.bincount(members, values), np.bincount(members)
    draws = np.random.default_rng(seed).integers(0, counts.size, (resamples, counts.size))
    means = sums[draws].sum(axis=1) / counts[draws].sum(axis=1)
    return Interval(float(values.mean()), *ends(means), values.size)


def bootstrap_intervals(
    statistic: Callable[[np.ndarray], np.ndarray],
    size: int,
    groups: np.ndarray | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> list[Interval]:
    """Intervals of several figures at once; ``statistic`` takes case indices (M,) and gives figures (F,).

    NaN figures of a resample (a class was not drawn) are left out of their interval.
    """
    figures = statistic(np.arange(size))
    drawn = np.array([statistic(cases) for cases in resampled(size, groups, resamples, seed)])
    return [Interval(float(value), *ends(drawn[:, k]), size) for k, value in enumerate(figures)]


def resampled(
    size: int, groups: np.ndarray | None = None, resamples: int = RESAMPLES, seed: int = 0
) -> Iterator[np.ndarray]:
    """Case indices of each resample: as many groups as there are, drawn with replacement."""
    members = _group_index(size, groups)
    order = np.argsort(members, kind="stable")
    cases = np.split(order, np.cumsum(np.bincount(members))[:-1])
    random = np.random.default_rng(seed)
    for _resample in range(resamples):
        yield np.concatenate([cases[group] for group in random.integers(0, len(cases), len(cases))])


def ends(drawn: np.ndarray) -> tuple[float, float]:
    """The ends of the 95 % interval of a figure's resamples; those that are NaN are left out."""
    known = drawn[~np.isnan(drawn)]
    if known.size == 0:
        return float("nan"), float("nan")
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def _group_index(size: int, groups: np.ndarray | None) -> np.ndarray:
    if size == 0:
        raise ValueError("expected at least one case, got none")
    if groups is None:
        return np.arange(size)
    if len(groups) != size:
        raise ValueError(f"expected one group for each of {size} cases, got {len(groups)}")
    return np.unique(groups, return_inverse=True)[1]
