import numpy as np
import pytest

from skinapp.metrics.conformal import conformal_scores, conformal_sets, conformal_thresholds, set_coverage

TOGETHER = (0,) * 7


def drawn_cases(cases, classes=7, seed=0):
    """Probabilities, and true classes drawn from them."""
    random = np.random.default_rng(seed)
    logits = 2 * random.normal(size=(cases, classes))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return probs, np.array([random.choice(classes, p=row) for row in probs])


def test_scores_of_a_case_made_by_hand():
    assert conformal_scores(np.array([[0.1, 0.6, 0.3]]))[0] == pytest.approx([0.9, 0.0, 0.6])


def test_scores_follow_the_formula():
    probs, _ = drawn_cases(40)
    expected = [[sum(other for other in row if other > prob) for prob in row] for row in probs]
    np.testing.assert_allclose(conformal_scores(probs), expected, atol=1e-12)


def test_threshold_and_set_of_cases_made_by_hand():
    """Of two classes the second is true; it scores what the first has where that is more probable."""
    scores = np.array([0.0, 0.55, 0.6, 0.7])
    probs = np.stack([scores, 1 - scores], axis=1)
    targets = np.ones(4, int)
    third, fourth, none = (
        conformal_thresholds(probs, targets, coverage, (0, 0)).tolist() for coverage in (0.5, 0.8, 0.9)
    )
    assert third == [scores[2]] * 2  # ceil(5 * 0.5)
    assert fourth == [scores[3]] * 2
    assert none == [1, 1]  # four cases cannot promise that much
    sets = conformal_sets(probs, np.array([0.6, 0.6]))
    assert sets.tolist() == [[False, True], [True, True], [True, True], [True, False]]


def test_each_group_has_the_threshold_of_its_own_cases():
    probs, targets = drawn_cases(900, classes=3)
    thresholds = conformal_thresholds(probs, targets, 0.9, (1, 0, 1))
    alone = targets == 1
    assert thresholds[0] == thresholds[2] != thresholds[1]
    for index, cases in ((0, ~alone), (1, alone)):
        assert thresholds[index] == conformal_thresholds(probs[cases], targets[cases], 0.9, (0, 0, 0))[0]


def test_a_class_without_cases_is_never_excluded():
    probs, targets = drawn_cases(60, classes=3)
    common = targets != 2
    thresholds = conformal_thresholds(probs[common], targets[common], 0.5, (0, 0, 1))
    assert thresholds[2] == 1 and conformal_sets(probs, thresholds)[:, 2].all()


@pytest.mark.parametrize("coverage", [0.9, 0.95])
def test_a_class_that_is_told_too_seldom_is_covered_as_promised_by_a_threshold_of_its_own(coverage):
    probs, targets = drawn_cases(20_000, classes=3)
    told = probs * (1.0, 1.0, 0.3)
    told /= told.sum(axis=1, keepdims=True)
    known, new = slice(0, 8000), slice(8000, None)

    def held_of_the_last(groups):
        thresholds = conformal_thresholds(told[known], targets[known], coverage, groups)
        held = set_coverage(conformal_sets(told[new], thresholds), targets[new])
        return held[targets[new] == 2].mean()

    assert held_of_the_last((0, 0, 0)) < coverage - 0.04
    assert held_of_the_last((0, 0, 1)) == pytest.approx(coverage, abs=0.015)


@pytest.mark.parametrize("coverage", [0.9, 0.95])
@pytest.mark.parametrize("overconfidence", [1.0, 3.0])
def test_new_cases_are_covered_as_promised_even_where_probabilities_are_wrong(coverage, overconfidence):
    probs, targets = drawn_cases(20_000)
    told = probs**overconfidence
    told /= told.sum(axis=1, keepdims=True)
    known, new = slice(0, 4000), slice(4000, None)
    thresholds = conformal_thresholds(told[known], targets[known], coverage, TOGETHER)
    sets = conformal_sets(told[new], thresholds)
    assert set_coverage(sets, targets[new]).mean() == pytest.approx(coverage, abs=0.015)


def test_every_set_holds_the_most_probable_class_and_grows_with_the_coverage():
    probs, targets = drawn_cases(500)
    small, large = (
        conformal_sets(probs, conformal_thresholds(probs, targets, at, TOGETHER)) for at in (0.8, 0.95)
    )
    assert small[np.arange(500), probs.argmax(axis=1)].all()
    assert not (small & ~large).any()
    assert small.sum() < large.sum()


def test_impossible_questions_are_refused():
    probs, targets = drawn_cases(5)
    with pytest.raises(ValueError, match="coverage"):
        conformal_thresholds(probs, targets, 1.0, TOGETHER)
    with pytest.raises(ValueError, match="targets"):
        conformal_thresholds(probs, targets + 7, 0.9, TOGETHER)
