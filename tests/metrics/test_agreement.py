import numpy as np
import pytest
from scipy.stats import entropy
from sklearn.metrics import jaccard_score

from skinapp.metrics.agreement import (
    agreement_with_others,
    disagreement_bits,
    majority,
    pairwise_iou,
)

# Three masks of four pixels: all hold the first, two the second, one the third, none the last.
MASKS = np.array([[[1, 1, 1, 0]], [[1, 1, 0, 0]], [[1, 0, 0, 0]]], bool)


def test_by_hand():
    assert pairwise_iou(MASKS) == pytest.approx(
        np.array([[1, 2 / 3, 1 / 3], [2 / 3, 1, 1 / 2], [1 / 3, 1 / 2, 1]])
    )
    assert agreement_with_others(pairwise_iou(MASKS)) == pytest.approx([1 / 2, 7 / 12, 5 / 12])
    assert majority(MASKS).tolist() == [[True, True, False, False]]
    two_to_one = 0.918296
    assert disagreement_bits(MASKS)[0] == pytest.approx([0, two_to_one, two_to_one, 0], abs=1e-6)


def test_a_tie_is_background_and_one_whole_bit():
    masks = MASKS[[0, 2]]
    assert majority(masks).tolist() == [[True, False, False, False]]
    assert disagreement_bits(masks).tolist() == [[0, 1, 1, 0]]


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_against_references(count):
    masks = np.random.default_rng(count).random((count, 20, 30)) < 0.4
    share = masks.mean(axis=0)
    assert np.allclose(disagreement_bits(masks), entropy([share, 1 - share], base=2, axis=0), atol=1e-6)
    expected = [[jaccard_score(a.ravel(), b.ravel()) for b in masks] for a in masks]
    assert np.allclose(pairwise_iou(masks), expected)


def test_one_mask_alone_agrees_with_nobody_and_has_no_dispute():
    assert np.isnan(agreement_with_others(pairwise_iou(MASKS[:1]))).all()
    assert not disagreement_bits(MASKS[:1]).any()
    assert np.array_equal(majority(MASKS[:1]), MASKS[0])


def test_empty_outlines_agree():
    assert pairwise_iou(np.zeros((2, 3, 3), bool)).tolist() == [[1, 1], [1, 1]]


def test_wrong_arguments():
    with pytest.raises(ValueError, match="bool"):
        majority(MASKS.astype(float))
    with pytest.raises(ValueError, match="N, H, W"):
        majority(MASKS[0])
