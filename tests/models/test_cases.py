import numpy as np
import pytest

from skinapp.errors import WeightsError
from skinapp.models import zoo  # noqa: F401  registers the name
from skinapp.models.cases import cases_path, fit_cases, load_cases, save_cases

NAME = "mobilenetv2-ham7"


def drawn_features(cases=60, channels=12, seed=0):
    """Features that differ along three directions and little along all others."""
    directions = np.random.default_rng(9).normal(size=(3, channels))
    random = np.random.default_rng(seed)
    return random.normal(size=(cases, 3)) @ directions + 0.01 * random.normal(size=(cases, channels)) + 5


@pytest.fixture
def cases():
    names = np.array([f"ISIC_{index:07}" for index in range(60)])
    lesions = np.array([f"HAM_{index // 2}" for index in range(60)])
    return fit_cases(drawn_features(), names, lesions, np.arange(60) % 7, 3)


def test_axes_are_those_of_a_singular_value_decomposition(cases):
    features = drawn_features()
    _u, _sizes, axes = np.linalg.svd(features - features.mean(axis=0))
    np.testing.assert_allclose(np.abs(axes[:3] @ cases.axes), np.eye(3), atol=1e-5)


def test_the_nearest_are_those_of_a_search_by_hand(cases):
    new = drawn_features(5, seed=1)
    distances, found = cases.nearest(new, 4)
    vectors = cases.components(new)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    by_hand = np.linalg.norm(vectors[:, None] - cases.vectors[None], axis=2)
    assert np.array_equal(found, np.argsort(by_hand, axis=1)[:, :4])
    np.testing.assert_allclose(distances, np.sort(by_hand, axis=1)[:, :4], atol=1e-5)


def test_a_case_is_nearest_to_itself(cases):
    distances, found = cases.nearest(drawn_features(), 1)
    assert np.array_equal(found[:, 0], np.arange(60))
    assert distances.max() < 2e-3


def test_more_neighbours_than_cases_are_refused(cases):
    with pytest.raises(ValueError, match="1 to 60"):
        cases.nearest(drawn_features(1), 61)


def test_what_is_written_is_read(cases, tmp_path):
    read = load_cases(NAME, tmp_path, {"cases": save_cases(cases, NAME, tmp_path)})
    for key in ("ids", "lesions", "targets"):
        assert np.array_equal(getattr(read, key), getattr(cases, key))
    new = drawn_features(5, seed=1)
    np.testing.assert_allclose(read.nearest(new, 4)[0], cases.nearest(new, 4)[0], atol=5e-3)


def test_a_record_without_cases_has_none(tmp_path):
    assert load_cases(NAME, tmp_path, {}) is None


@pytest.mark.parametrize("damage", [b"something else", None])
def test_a_missing_or_damaged_file_is_refused(cases, tmp_path, damage):
    record = {"cases": save_cases(cases, NAME, tmp_path)}
    if damage is None:
        cases_path(NAME, tmp_path).unlink()
    else:
        cases_path(NAME, tmp_path).write_bytes(damage)
    with pytest.raises(WeightsError, match="hash"):
        load_cases(NAME, tmp_path, record)
