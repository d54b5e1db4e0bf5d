import numpy as np
import pytest
from scipy.stats import bootstrap

from skinapp.metrics.bootstrap import bootstrap_intervals, mean_interval, resampled

RANDOM = np.random.default_rng(5)
VALUES = RANDOM.normal(0.8, 0.1, 150)


def test_interval_of_a_mean_agrees_with_scipy():
    reference = bootstrap(
        (VALUES,), np.mean, method="percentile", n_resamples=5000, random_state=np.random.default_rng(1)
    ).confidence_interval
    ours = mean_interval(VALUES, resamples=5000)
    assert ours.value == pytest.approx(VALUES.mean())
    assert (ours.low, ours.high) == pytest.approx(tuple(reference), abs=1e-3)
    assert ours.n == 150


def test_lesions_are_drawn_as_a_whole():
    """Ten copies of each value carry no more evidence than one."""
    values, lesions = np.repeat(VALUES, 10), np.repeat(np.arange(150), 10)
    single, grouped = mean_interval(VALUES), mean_interval(values, lesions)
    assert (grouped.low, grouped.high) == pytest.approx((single.low, single.high))
    careless = mean_interval(values)
    assert careless.high - careless.low < 0.5 * (grouped.high - grouped.low)
    for cases in resampled(30, np.repeat(np.arange(3), 10), resamples=5):
        counts = np.bincount(cases, minlength=30).reshape(3, 10)
        assert (counts == counts[:, :1]).all() and counts[:, 0].sum() == 3


def test_several_figures_at_once_agree_with_the_mean():
    def both(cases):
        return np.array([VALUES[cases].mean(), VALUES[cases].max()])

    mean, highest = bootstrap_intervals(both, VALUES.size)
    reference = mean_interval(VALUES)
    assert (mean.low, mean.high) == pytest.approx((reference.low, reference.high), abs=3e-3)
    assert highest.value == VALUES.max() and highest.high <= VALUES.max()


def test_a_figure_that_a_resample_lacks_is_left_out():
    (interval,) = bootstrap_intervals(lambda cases: np.array([np.nan]), 4)
    assert np.isnan(interval.value) and np.isnan(interval.low)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="at least one case"):
        mean_interval(np.array([]))
    with pytest.raises(ValueError, match="one group for each"):
        mean_interval(np.ones(3), np.ones(2))
