import numpy as np
import pytest

from skinapp.metrics.conformal import conformal_scores, conformal_sets, conformal_threshold, set_coverage


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
    assert conformal_threshold(probs, targets, 0.5) == scores[2]  # the third of four: ceil(5 * 0.5)
    assert conformal_threshold(probs, targets, 0.8) == scores[3]
    assert conformal_threshold(probs, targets, 0.9) == 1  # four cases cannot promise that much
    assert conformal_sets(probs, 0.6).tolist() == [[False, True], [True, True], [True, True], [True, False]]


@pytest.mark.parametrize("coverage", [0.9, 0.95])
@pytest.mark.parametrize("overconfidence", [1.0, 3.0])
def test_new_cases_are_covered_as_promised_even_where_probabilities_are_wrong(coverage, overconfidence):
    probs, targets = drawn_cases(20_000)
    told = probs**overconfidence
    told /= told.sum(axis=1, keepdims=True)
    known, new = slice(0, 4000), slice(4000, None)
    sets = conformal_sets(told[new], conformal_threshold(told[known], targets[known], coverage))
    assert set_coverage(sets, targets[new]).mean() == pytest.approx(coverage, abs=0.015)


def test_every_set_holds_the_most_probable_class_and_grows_with_the_coverage():
    probs, targets = drawn_cases(500)
    small, large = (conformal_sets(probs, conformal_threshold(probs, targets, at)) for at in (0.8, 0.95))
    assert small[np.arange(500), probs.argmax(axis=1)].all()
    assert not (small & ~large).any()
    assert small.sum() < large.sum()


def test_impossible_questions_are_refused():
    probs, targets = drawn_cases(5)
    with pytest.raises(ValueError, match="coverage"):
        conformal_threshold(probs, targets, 1.0)
    with pytest.raises(ValueError, match="targets"):
        conformal_threshold(probs, targets + 7, 0.9)
