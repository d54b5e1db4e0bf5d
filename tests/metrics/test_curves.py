import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as sk
from torchmetrics.functional.classification import binary_average_precision

from skinapp.metrics.classification import sensitivity_specificity
from skinapp.metrics.curves import average_precision, threshold_curve, threshold_for_sensitivity

SCORES = np.array([0.9, 0.7, 0.7, 0.4, 0.1])
POSITIVES = np.array([True, True, False, False, True])


def test_by_hand_with_a_tie():
    curve = threshold_curve(SCORES, POSITIVES)
    assert curve.threshold.tolist() == [np.inf, 0.9, 0.7, 0.4, 0.1]
    assert curve.sensitivity == pytest.approx([0, 1 / 3, 2 / 3, 2 / 3, 1])
    assert curve.specificity == pytest.approx([1, 1, 1 / 2, 0, 0])
    assert curve.precision == pytest.approx([1, 1, 2 / 3, 1 / 2, 3 / 5])
    assert average_precision(SCORES, POSITIVES) == pytest.approx(1 / 3 + 1 / 3 * 2 / 3 + 1 / 3 * 3 / 5)


@pytest.mark.parametrize("seed", range(4))
def test_against_references(seed):
    rng = np.random.default_rng(seed)
    positives = rng.random(300) < 0.2
    scores = np.round(rng.random(300) * 0.7 + 0.3 * positives, 2)
    expected = sk.average_precision_score(positives, scores)
    assert average_precision(scores, positives) == pytest.approx(expected)
    ours = float(binary_average_precision(torch.from_numpy(scores), torch.from_numpy(positives).long()))
    assert average_precision(scores, positives) == pytest.approx(ours, abs=1e-6)
    fpr, tpr, thresholds = sk.roc_curve(positives, scores, drop_intermediate=False)
    curve = threshold_curve(scores, positives)
    assert curve.sensitivity == pytest.approx(tpr)
    assert 1 - curve.specificity == pytest.approx(fpr)
    assert curve.threshold[1:] == pytest.approx(thresholds[1:])


def test_chance_gives_the_share_of_positives():
    assert average_precision(np.ones(8), np.arange(8) < 2) == pytest.approx(0.25)


def test_the_threshold_for_a_sensitivity_is_the_highest_that_reaches_it():
    assert threshold_for_sensitivity(SCORES, POSITIVES, 2 / 3) == 0.7
    assert threshold_for_sensitivity(SCORES, POSITIVES, 0.67) == 0.1
    with pytest.raises(ValueError, match="wanted"):
        threshold_for_sensitivity(SCORES, POSITIVES, 0)


@given(arrays(np.float64, 12, elements=st.sampled_from([0.0, 0.2, 0.5, 1.0])), st.integers(1, 2**12 - 2))
def test_every_point_is_what_its_threshold_gives(scores, bits):
    positives = np.array([bits >> k & 1 for k in range(12)], bool)
    curve = threshold_curve(scores, positives)
    for at, sensitivity, specificity, _precision in zip(*curve, strict=True):
        expected = sensitivity_specificity(scores, positives, at)
        assert (sensitivity, specificity) == pytest.approx(expected)


def test_one_kind_alone_is_refused():
    with pytest.raises(ValueError, match="positive and negative"):
        threshold_curve(np.ones(3), np.ones(3, bool))
