"""Undersampling and oversampling on classes of known sizes."""

import numpy as np
import pytest

from skinapp.models.card import Sampling
from skinapp.training.sampling import prior_share, prior_shift, sampled_rows

TARGETS = np.repeat([0, 1, 3], [6000, 900, 100])


def test_all_rows_stay_in_their_order():
    assert sampled_rows(TARGETS, Sampling.ALL, 0, 0).tolist() == list(range(7000))


def test_undersampling_keeps_the_rarest_class_whole_and_the_same_rows_in_every_epoch():
    rows = sampled_rows(TARGETS, Sampling.UNDER, 3, 0)
    assert np.bincount(TARGETS[rows]).tolist() == [100, 100, 0, 100]
    assert len(set(rows)) == 300
    assert set(range(6900, 7000)) <= set(rows)
    assert np.array_equal(rows, sampled_rows(TARGETS, Sampling.UNDER, 3, 7))
    assert not np.array_equal(rows, sampled_rows(TARGETS, Sampling.UNDER, 4, 0))


def test_oversampling_shows_every_class_equally_often_and_draws_anew():
    rows = sampled_rows(TARGETS, Sampling.OVER, 3, 0)
    assert len(rows) == 7000
    counts = np.bincount(TARGETS[rows])
    assert counts[[0, 1, 3]] / 7000 == pytest.approx(np.full(3, 1 / 3), abs=0.02)
    assert np.array_equal(rows, sampled_rows(TARGETS, Sampling.OVER, 3, 0))
    assert not np.array_equal(rows, sampled_rows(TARGETS, Sampling.OVER, 3, 1))


def test_priors_turn_the_posterior_of_even_classes_into_that_of_the_real_ones():
    likelihood = np.array([[0.2, 0.5, 0.3]])
    counts = np.array([80, 15, 5])
    shifted = np.exp(np.log(likelihood) + prior_shift(counts, 1.0))
    bayes = likelihood * [0.80, 0.15, 0.05]
    assert shifted / shifted.sum() == pytest.approx(bayes / bayes.sum())


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_share_of_the_priors_is_that_of_the_population(share):
    """Two classes of unit variance at -1 and 1: their log odds are 2x where both are as frequent."""
    counts = np.array([90, 10])
    rare = 0.1**share / (0.1**share + 0.9**share)
    rng = np.random.default_rng(5)
    targets = (rng.random(20_000) < rare).astype(int)
    x = rng.normal(2 * targets - 1, 1)
    assert prior_share(np.stack([-x, x], axis=1), targets, counts) == share
