import numpy as np
import pytest
from sklearn import metrics as sk

from skinapp.metrics import classification as cls

PRED = np.array([0, 1, 2, 2, 1, 0])
TARGETS = np.array([0, 1, 1, 2, 1, 2])


def test_by_hand():
    assert cls.accuracy(PRED, TARGETS) == pytest.approx(4 / 6)
    assert cls.balanced_accuracy(PRED, TARGETS) == pytest.approx((1 + 2 / 3 + 1 / 2) / 3)
    assert cls.confusion_matrix(PRED, TARGETS, 3).tolist() == [[1, 0, 0], [0, 2, 1], [1, 0, 1]]


def test_a_class_without_cases_counts_only_where_it_is_true():
    pred, targets = np.array([2, 1, 1]), np.array([1, 1, 0])
    assert cls.balanced_accuracy(pred, targets) == pytest.approx((0.5 + 0) / 2)
    assert cls.confusion_matrix(pred, targets, 4).shape == (4, 4)
    assert cls.balanced_accuracy(np.array([1, 1]), np.array([1, 1])) == 1


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("seed", range(5))
def test_against_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, 7, 200)
    pred = np.where(rng.random(200) < 0.6, targets, rng.integers(0, 7, 200))
    assert cls.accuracy(pred, targets) == pytest.approx(sk.accuracy_score(targets, pred))
    assert cls.balanced_accuracy(pred, targets) == pytest.approx(sk.balanced_accuracy_score(targets, pred))
    assert np.array_equal(cls.confusion_matrix(pred, targets, 7), sk.confusion_matrix(targets, pred))
    scores = np.round(rng.random(200) + 0.3 * (targets == 3), 1)  # many ties
    assert cls.roc_auc(scores, targets == 3) == pytest.approx(sk.roc_auc_score(targets == 3, scores))
    probs = rng.dirichlet(np.ones(7), 200)
    macro = sk.roc_auc_score(targets, probs, multi_class="ovr")
    assert cls.one_vs_rest_auc(probs, targets).mean() == pytest.approx(macro)


def test_auc_of_ties_is_one_half():
    assert cls.roc_auc(np.ones(6), np.array([1, 0, 0, 1, 0, 1], bool)) == 0.5
    assert cls.roc_auc(np.array([0.0, 1.0]), np.array([False, True])) == 1
    assert cls.roc_auc(np.array([1.0, 0.0]), np.array([False, True])) == 0


def test_auc_of_a_missing_class_is_nan():
    areas = cls.one_vs_rest_auc(np.array([[0.7, 0.2, 0.1], [0.2, 0.8, 0.0]]), np.array([0, 1]))
    assert areas[:2].tolist() == [1, 1] and np.isnan(areas[2])


def test_sensitivity_and_specificity():
    scores = np.array([0.1, 0.5, 0.5, 0.9, 0.2])
    positives = np.array([0, 0, 1, 1, 1], bool)
    assert cls.sensitivity_specificity(scores, positives, 0.5) == (pytest.approx(2 / 3), 0.5)
    assert cls.sensitivity_specificity(scores, positives, 0.0) == (1, 0)
    assert cls.sensitivity_specificity(scores, positives, 1.0) == (0, 1)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="integers"):
        cls.accuracy(PRED.astype(float), TARGETS)
    with pytest.raises(ValueError, match="one length"):
        cls.accuracy(PRED[:3], TARGETS)
    with pytest.raises(ValueError, match="integers"):
        cls.accuracy(PRED[:0], TARGETS[:0])
    with pytest.raises(ValueError, match="negative"):
        cls.balanced_accuracy(PRED - 1, TARGETS)
    with pytest.raises(ValueError, match="classes"):
        cls.confusion_matrix(PRED, TARGETS, 2)
    with pytest.raises(ValueError, match="positive and negative"):
        cls.roc_auc(np.ones(3), np.ones(3, bool))
    with pytest.raises(ValueError, match="finite"):
        cls.roc_auc(np.array([np.nan, 1]), np.array([True, False]))
    with pytest.raises(ValueError, match="positive and negative"):
        cls.sensitivity_specificity(np.ones(3), np.zeros(3, bool), 0.5)


@pytest.mark.parametrize("seed", range(3))
def test_rates_of_each_class_against_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, 4, 120)
    pred = np.where(rng.random(120) < 0.6, targets, rng.integers(0, 4, 120))
    rates = cls.class_rates(cls.confusion_matrix(pred, targets, 4))
    precision, recall, f1, _support = sk.precision_recall_fscore_support(targets, pred)
    assert rates.sensitivity == pytest.approx(recall)
    assert rates.precision == pytest.approx(precision)
    assert rates.f1 == pytest.approx(f1)
    expected = [sk.recall_score(targets == c, pred == c, pos_label=False) for c in range(4)]
    assert rates.specificity == pytest.approx(expected)


def test_rates_without_cases_are_nan():
    rates = cls.class_rates(np.array([[2, 0], [0, 0]]))
    assert np.isnan(rates.sensitivity[1]) and np.isnan(rates.f1[1]) and rates.specificity[1] == 1
