"""Whether a probability can be taken at its word, and the temperature that repairs it.

``logits`` and ``probs`` are (N, K), ``targets`` integers (N,) in [0, K).
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar

TEMPERATURES = (0.05, 20.0)


class ReliabilityBins(NamedTuple):
    """Per bin, each (bins,): mean confidence and accuracy (NaN where empty), and the number of cases."""

    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray


def reliability_bins(probs: np.ndarray, targets: np.ndarray, bins: int = 15) -> ReliabilityBins:
    """Cases sorted by the probability of their top class into bins of equal width.

    Bin b of B holds confidences in (b / B, (b + 1) / B], as in Guo et al. 2017.
    """
    _check_probs(probs, targets)
    if bins < 1:
        raise ValueError(f"bins must be at least 1, got {bins}")
    confidence = probs.max(axis=1).astype(np.float64)
    correct = probs.argmax(axis=1) == targets
    where = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidence, side="left")
    count = np.bincount(where, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean_confidence = np.bincount(where, confidence, bins) / count
        mean_accuracy = np.bincount(where, correct, bins) / count
    return ReliabilityBins(mean_confidence, mean_accuracy, count)


def expected_calibration_error(probs: np.ndarray, targets: np.ndarray, bins: int = 15) -> float:
    """Mean gap between confidence and accuracy over the bins, weighted by their counts, in [0, 1].

    ECE = sum_b n_b / N * |accuracy_b - confidence_b| (Guo et al. 2017, "On calibration of modern neural
    networks", eq. 3).
    """
    confidence, correct, count = reliability_bins(probs, targets, bins)
    return float(np.nansum(np.abs(correct - confidence) * count) / count.sum())


def mean_probs(probs: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """What M classifiers say together, (K,), from the probabilities (M, K) of each.

    Their mean p, of which the temperature T makes p_k^(1/T) / sum_j p_j^(1/T): the softmax of log(p) / T.

    >>> mean_probs(np.array([[0.9, 0.1], [0.7, 0.3]])).round(2).tolist()
    [0.8, 0.2]
    >>> mean_probs(np.array([[0.9, 0.1], [0.7, 0.3]]), 0.5).round(2).tolist()
    [0.94, 0.06]
    """
    together = probs.mean(axis=0) ** (1 / temperature)
    return together / together.sum()


def brier_score(probs: np.ndarray, targets: np.ndarray) -> float:
    """Mean squared distance of the probabilities from the truth, summed over classes, in [0, 2].

    (1 / N) sum_n sum_k (p_nk - [k = target_n])^2, the original form of Brier 1950.

    >>> brier_score(np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([0, 1]))
    0.25
    """
    _check_probs(probs, targets)
    truth = np.eye(probs.shape[1])[targets]
    return float(np.mean(np.sum((probs - truth) ** 2, axis=1)))


def negative_log_likelihood(
    logits: np.ndarray, targets: np.ndarray, temperature: float = 1.0, weights: np.ndarray | None = None
) -> float:
    """Mean of -log softmax(logits / temperature) at the true class, in nats; ``weights`` of cases, (N,)."""
    check_cases(logits, targets)
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, got {temperature}")
    if not np.isfinite(logits).all():
        raise ValueError("logits must be finite")
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    log_norm = np.log(np.exp(scaled).sum(axis=1))
    return float(np.average(log_norm - scaled[np.arange(len(targets)), targets], weights=weights))


def fit_temperature(logits: np.ndarray, targets: np.ndarray, weights: np.ndarray | None = None) -> float:
    """The temperature that minimises `negative_log_likelihood` (Guo et al. 2017, section 4.2).

    Over 1 the model was too sure, under 1 not sure enough; the ranking of classes never changes. Searched
    on a logarithmic scale within `TEMPERATURES`, over which the loss has a single minimum; a model
    without any error on the data ends near the lower limit. Fit on validation data only.
    """
    low, high = np.log(TEMPERATURES)
    found = minimize_scalar(
        lambda log_t: negative_log_likelihood(logits, targets, float(np.exp(log_t)), weights),
        bounds=(low, high),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(found.x))


def best_log_likelihood(logits: np.ndarray, targets: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Mean log-likelihood in nats of logits (N, K) for class indices (N,), at their `fit_temperature`."""
    temperature = fit_temperature(logits, targets, weights)
    return -negative_log_likelihood(logits, targets, temperature, weights)


def check_cases(values: np.ndarray, targets: np.ndarray) -> None:
    """`ValueError` unless values are (N, K) and targets integers (N,) in [0, K), at least one."""
    if values.ndim != 2 or targets.shape != values.shape[:1] or targets.size == 0:
        raise ValueError(f"expected (N, K) and targets (N,), got {values.shape} and {targets.shape}")
    if not np.issubdtype(targets.dtype, np.integer):
        raise ValueError(f"targets must be integers, got {targets.dtype}")
    if targets.min() < 0 or targets.max() >= values.shape[1]:
        raise ValueError(f"targets must be in [0, {values.shape[1]}), got {targets.min()} to {targets.max()}")


def _check_probs(probs: np.ndarray, targets: np.ndarray) -> None:
    check_cases(probs, targets)
    if not (probs.min() >= 0 and probs.max() <= 1 + 1e-6):  # also false for NaN
        raise ValueError(f"probs must be in [0, 1], got {probs.min()} to {probs.max()}")
    if np.abs(probs.sum(axis=1) - 1).max() > 1e-3:
        raise ValueError("each row of probs must sum to 1")
