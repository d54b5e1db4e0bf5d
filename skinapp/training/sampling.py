"""Which training rows an epoch holds: undersampling and oversampling of paper B."""

import numpy as np

from skinapp.models.card import Sampling


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
