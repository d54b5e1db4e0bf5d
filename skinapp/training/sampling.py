"""Undersampling and oversampling of paper B, and what a model that learnt so has to be told afterwards."""

import numpy as np

from skinapp.metrics.calibration import best_log_likelihood
from skinapp.models.card import Sampling

SHARES = tuple(tenths / 10 for tenths in range(11))  # of `prior_shift`, tried on validation rows


def sampled_rows(targets: np.ndarray, sampling: Sampling, seed: int, epoch: int) -> np.ndarray:
    """Indices into class indices ``targets`` (N,), see `Sampling`; classes without rows are left out.

    >>> rows = sampled_rows(np.array([0, 0, 0, 1, 1]), Sampling.UNDER, 0, 0)
    >>> np.bincount(np.array([0, 0, 0, 1, 1])[rows]).tolist()
    [2, 2]
    """
    if sampling == Sampling.ALL:
        return np.arange(len(targets))
    classes, counts = np.unique(targets, return_counts=True)
    if sampling == Sampling.UNDER:
        draw = np.random.default_rng(seed)
        kept = [draw.choice(np.flatnonzero(targets == one), counts.min(), replace=False) for one in classes]
        return np.sort(np.concatenate(kept))
    prob = 1 / (len(classes) * counts[np.searchsorted(classes, targets)])
    return np.random.default_rng([seed, epoch]).choice(len(targets), len(targets), p=prob)


def prior_shift(counts: np.ndarray, share: float) -> np.ndarray:
    """What to add to logits learnt on even classes where they come as often as ``counts`` (K,) says.

    share * log(K * counts / sum(counts)): at 1 the change of priors of Saerens et al. 2002 ("Adjusting the
    outputs of a classifier to new a priori probabilities"), below it the logit adjustment of Menon et al.
    2021 (arXiv 2007.07314). A class without rows counts as one row.

    >>> prior_shift(np.array([50, 25, 25, 0]), 0.5).round(2).tolist()
    [0.34, -0.0, -0.0, -1.61]
    """
    counts = np.maximum(counts, 1)
    return share * np.log(len(counts) * counts / counts.sum())


def prior_share(logits: np.ndarray, targets: np.ndarray, counts: np.ndarray) -> float:
    """The one of `SHARES` that makes class indices ``targets`` (N,) likeliest, see `best_log_likelihood`."""
    return max(SHARES, key=lambda share: best_log_likelihood(logits + prior_shift(counts, share), targets))
