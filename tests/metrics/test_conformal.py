import numpy as np
import pytest

from skinapp.metrics.conformal import conformal_scores, conformal_sets, conformal_threshold, set_coverage


def drawn_cases(cases, classes=7, sharpness=2.0, seed=0):
    """Probabilities, and true classes drawn from them."""
    random = np.random.default_rng(seed)
    logits = sharpness * random.normal(size=(cases, classes))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return probs, np.array([random.choice(classes, p=row) for row in probs])


def score_by_hand(row, label, penalty, free):
    """The formula read class by class; for probabilities without ties."""
    above = [prob for prob in row if prob > row[label]]
    return sum(above) + penalty * max(len(above) + 1 - free, 0)


def test_scores_of_a_case_made_by_hand():
    probs = np.array([[0.1, 0.6, 0.3]])
    assert conformal_scores(probs)[0] == pytest.approx([0.9, 0.0, 0.6])
    assert conformal_scores(probs, penalty=0.5, free=1)[0] == pytest.approx([1.9, 0.0, 1.1])


@pytest.mark.parametrize(("penalty", "free"), [(0.0, 0), (0.1, 2), (1.0, 0)])
def test_scores_follow_the_formula(penalty, free):
    probs, _ = drawn_cases(40)
    scores = conformal_scores(probs, penalty, free)
    expected = [[score_by_hand(row, label, penalty, free) for label in range(7)] for row in probs]
    np.testing.assert_allclose(scores, expected, atol=1e-12)


def test_threshold_of_a_case_made_by_hand():
    scores = np.array([[0.0, 0.1], [0.0, 0.2], [0.0, 0.3], [0.0, 0.4]])
    targets = np.ones(4, int)
    assert conformal_threshold(scores, targets, 0.5) == 0.3  # the third of four: ceil(5 * 0.5)
    assert conformal_threshold(scores, targets, 0.8) == 0.4
    assert conformal_threshold(scores, targets, 0.9) == np.inf  # four cases cannot promise that much


@pytest.mark.parametrize("coverage", [0.9, 0.95])
@pytest.mark.parametrize("wrong_temperature", [1.0, 3.0])
def test_new_cases_are_covered_as_promised_even_where_probabilities_are_wrong(coverage, wrong_temperature):
    probs, targets = drawn_cases(20_000)
    told = probs**wrong_temperature
    told /= told.sum(axis=1, keepdims=True)
    known, new = slice(0, 4000), slice(4000, None)
    scores = conformal_scores(told, 0.05)
    sets = conformal_sets(scores[new], conformal_threshold(scores[known], targets[known], coverage))
    assert set_coverage(sets, targets[new]).mean() == pytest.approx(coverage, abs=0.015)


def test_every_set_holds_the_most_probable_class_and_grows_with_the_coverage():
    probs, targets = drawn_cases(500)
    scores = conformal_scores(probs)
    small, large = (conformal_sets(scores, conformal_threshold(scores, targets, at)) for at in (0.8, 0.95))
    assert small[np.arange(500), probs.argmax(axis=1)].all()
    assert not (small & ~large).any()
    assert small.sum() < large.sum()


def test_a_penalty_keeps_the_largest_sets_small():
    probs, targets = drawn_cases(2000)
    sizes = []
    for penalty in (0.0, 0.5):
        scores = conformal_scores(probs, penalty)
        sizes.append(conformal_sets(scores, conformal_threshold(scores, targets, 0.95)).sum(axis=1).max())
    assert sizes[1] < sizes[0]


def test_impossible_questions_are_refused():
    probs, targets = drawn_cases(5)
    with pytest.raises(ValueError, match="coverage"):
        conformal_threshold(conformal_scores(probs), targets, 1.0)
    with pytest.raises(ValueError, match="penalty"):
        conformal_scores(probs, penalty=-1)
    with pytest.raises(ValueError, match="targets"):
        conformal_threshold(conformal_scores(probs), targets + 7, 0.9)
