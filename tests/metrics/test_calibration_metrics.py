import numpy as np
import pytest
import torch
from scipy.special import softmax
from sklearn import metrics as sk
from torchmetrics.functional.classification import multiclass_calibration_error

from skinapp.metrics import calibration as cal


def drawn_cases(seed, count=400, classes=7, sharpness=2.0):
    """Logits whose softmax at temperature ``sharpness`` is the true chance of each class."""
    rng = np.random.default_rng(seed)
    true_logits = rng.normal(0, 1.5, (count, classes))
    targets = np.array([rng.choice(classes, p=p) for p in softmax(true_logits, axis=1)])
    return true_logits * sharpness, targets


def test_ece_by_hand():
    probs = np.array([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.3, 0.7]])
    targets = np.array([0, 1, 1, 1])
    # two cases at 0.9 with accuracy 0.5, two at 0.7 with accuracy 1
    assert cal.expected_calibration_error(probs, targets, bins=10) == pytest.approx(0.5 * 0.4 + 0.5 * 0.3)


def test_certain_and_right_is_calibrated():
    probs = np.eye(3)
    assert cal.expected_calibration_error(probs, np.arange(3)) == 0
    assert cal.expected_calibration_error(probs, (np.arange(3) + 1) % 3) == 1


def test_a_bin_holds_its_upper_edge():
    bins = cal.reliability_bins(np.array([[0.5, 0.5], [0.51, 0.49], [1.0, 0.0]]), np.zeros(3, int), bins=2)
    assert bins.count.tolist() == [1, 2]
    assert np.isnan(cal.reliability_bins(np.array([[1.0, 0.0]]), np.array([0]), bins=2).confidence[0])


@pytest.mark.parametrize("bins", [5, 15])
@pytest.mark.parametrize("seed", range(3))
def test_ece_against_torchmetrics(seed, bins):
    logits, targets = drawn_cases(seed)
    probs = softmax(logits, axis=1)
    reference = multiclass_calibration_error(
        torch.from_numpy(probs), torch.from_numpy(targets), num_classes=7, n_bins=bins
    )
    assert cal.expected_calibration_error(probs, targets, bins) == pytest.approx(float(reference), abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_nll_and_brier_against_references(seed):
    logits, targets = drawn_cases(seed)
    probs = softmax(logits, axis=1)
    assert cal.negative_log_likelihood(logits, targets) == pytest.approx(sk.log_loss(targets, probs))
    reference = torch.nn.functional.cross_entropy(torch.from_numpy(logits) / 1.7, torch.from_numpy(targets))
    assert cal.negative_log_likelihood(logits, targets, 1.7) == pytest.approx(float(reference))
    slow = np.mean(
        [sum((p - (k == t)) ** 2 for k, p in enumerate(row)) for row, t in zip(probs, targets, strict=True)]
    )
    assert cal.brier_score(probs, targets) == pytest.approx(slow)


def test_brier_limits():
    assert cal.brier_score(np.eye(2), np.array([0, 1])) == 0
    assert cal.brier_score(np.eye(2), np.array([1, 0])) == 2


def test_nll_stands_huge_logits():
    assert cal.negative_log_likelihood(np.array([[1e6, 0.0]]), np.array([0])) == 0
    assert cal.negative_log_likelihood(np.array([[1e6, 0.0]]), np.array([1])) == pytest.approx(1e6)


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
def test_fit_finds_the_temperature_that_made_the_data(sharpness):
    logits, targets = drawn_cases(0, count=5000, sharpness=sharpness)
    fitted = cal.fit_temperature(logits, targets)
    assert fitted == pytest.approx(sharpness, rel=0.06)
    nearby = [cal.negative_log_likelihood(logits, targets, fitted * f) for f in (0.99, 1.01)]
    assert cal.negative_log_likelihood(logits, targets, fitted) <= min(nearby)
    before, after = (
        cal.expected_calibration_error(softmax(logits / t, axis=1), targets) for t in (1, fitted)
    )
    assert after <= max(before, 0.02)


def test_weights_count_like_repeated_rows():
    logits, targets = drawn_cases(0, count=30)
    weights = 1 + np.arange(30) % 2
    repeated = np.repeat(logits, weights, axis=0), np.repeat(targets, weights)
    weighted = cal.best_log_likelihood(logits, targets, weights)
    assert weighted == pytest.approx(cal.best_log_likelihood(*repeated))
    assert weighted != pytest.approx(cal.best_log_likelihood(logits, targets), abs=1e-4)


def test_a_perfect_model_ends_near_the_limit():
    fitted = cal.fit_temperature(np.eye(3) * 4, np.arange(3))
    assert cal.TEMPERATURES[0] <= fitted < 0.1


def test_wrong_arguments():
    with pytest.raises(ValueError, match=r"in \[0, 1\]"):
        cal.brier_score(np.array([[1.5, -0.5]]), np.array([0]))
    with pytest.raises(ValueError, match="sum to 1"):
        cal.brier_score(np.array([[0.5, 0.2]]), np.array([0]))
    with pytest.raises(ValueError, match=r"in \[0, 1\]"):
        cal.brier_score(np.array([[np.nan, 0.2]]), np.array([0]))
    with pytest.raises(ValueError, match="targets"):
        cal.brier_score(np.array([[0.5, 0.5]]), np.array([2]))
    with pytest.raises(ValueError, match="integers"):
        cal.brier_score(np.array([[0.5, 0.5]]), np.array([1.0]))
    with pytest.raises(ValueError, match="expected"):
        cal.negative_log_likelihood(np.zeros((2, 3)), np.array([0]))
    with pytest.raises(ValueError, match="temperature"):
        cal.negative_log_likelihood(np.zeros((1, 3)), np.array([0]), 0)
    with pytest.raises(ValueError, match="bins"):
        cal.expected_calibration_error(np.eye(2), np.array([0, 1]), 0)
