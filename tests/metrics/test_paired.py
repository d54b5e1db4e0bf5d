import numpy as np
import pytest
from scipy.stats import bootstrap

from skinapp.metrics.paired import paired_difference


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
