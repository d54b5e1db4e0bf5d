import numpy as np
import pytest
from scipy.stats import bootstrap

from skinapp.metrics.paired import better_and_worse, holm, paired_difference, signed_rank_p


def test_interval_agrees_with_scipy():
    random = np.random.default_rng(3)
    baseline = random.uniform(0.6, 0.9, 200)
    other = baseline + random.normal(0.01, 0.05, 200)
    ours = paired_difference(baseline, other)
    reference = bootstrap(
        (other - baseline,),
        np.mean,
        method="percentile",
        n_resamples=5000,
        random_state=np.random.default_rng(1),
    ).confidence_interval
    assert ours.mean == pytest.approx(np.mean(other - baseline))
    assert (ours.low, ours.high) == pytest.approx(tuple(reference), abs=5e-4)
    assert ours.n == 200


def test_a_constant_gain_has_no_spread_and_is_shown():
    result = paired_difference(np.full(5, 0.5), np.full(5, 0.75))
    assert result == (0.25, 0.25, 0.25, 5)
    assert result.is_shown


def test_no_gain_is_not_shown():
    assert not paired_difference(np.zeros(4), np.array([1.0, -1.0, 1.0, -1.0])).is_shown


def test_unpaired_arrays_are_refused():
    with pytest.raises(ValueError, match="two arrays"):
        paired_difference(np.zeros(3), np.zeros(4))


def test_several_trainings_widen_the_interval_by_what_they_disagree():
    random = np.random.default_rng(1)
    noise = random.normal(0, 0.02, 300)
    before = np.tile(random.uniform(0.6, 0.9, 300), (3, 1))
    agreeing = before + noise
    disagreeing = before + noise + np.array([[-0.03], [0.0], [0.03]])
    narrow, wide = paired_difference(before, agreeing), paired_difference(before, disagreeing)
    single = paired_difference(before[0], agreeing[0])
    assert narrow.mean == pytest.approx(wide.mean) == pytest.approx(noise.mean())
    assert (narrow.low, narrow.high) == pytest.approx((single.low, single.high), abs=5e-4)
    assert wide.low < narrow.low - 0.01 and wide.high > narrow.high + 0.01


def test_few_trainings_are_drawn_as_far_apart_as_they_are():
    """Of -1, 0 and 1 one draw in 27 holds -1 alone: 3.7 % of the means, taken times sqrt(3 / 2)."""
    differences = np.tile([[-1.0], [0.0], [1.0]], (1, 20))
    known = paired_difference(np.zeros((3, 20)), differences)
    assert (known.low, known.high) == pytest.approx((-np.sqrt(1.5), np.sqrt(1.5)))


def test_signed_ranks_by_hand():
    """Five gains of five: both tails of 2**5 signs, p = 2 / 32."""
    baseline = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    assert signed_rank_p(baseline, baseline + np.arange(1, 6) / 100) == pytest.approx(2 / 32)
    assert signed_rank_p(baseline, baseline) == 1


def test_shares_of_better_and_worse():
    before = np.array([0.5, 0.5, 0.5, 0.5])
    assert better_and_worse(before, np.array([0.6, 0.7, 0.5, 0.1])) == (0.5, 0.25)


def test_holm_by_its_definition():
    """Step down by hand: the smallest p times 4, the next times 3, and so on; never below one before it."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
