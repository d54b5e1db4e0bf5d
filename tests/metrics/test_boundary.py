import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays
from scipy.ndimage import binary_erosion
from scipy.spatial.distance import directed_hausdorff

from skinapp.metrics.boundary import (
    border_distances,
    boundary_f1,
    boundary_scores,
    default_tolerance_px,
    hausdorff,
    hausdorff_95,
)

NONE = np.zeros((7, 9), bool)
ALL = np.ones((7, 9), bool)


def dot(row, column):
    mask = NONE.copy()
    mask[row, column] = True
    return mask


def border_points(mask):
    """The border by another library: the pixels that an erosion takes away."""
    return np.argwhere(mask & ~binary_erosion(mask, border_value=0))


def brute_force(pred, target):
    """All distances between two borders, the nearest of each pixel."""
    first, second = border_points(pred), border_points(target)
    between = np.sqrt(((first[:, None] - second[None]) ** 2).sum(axis=2))
    return between.min(axis=1), between.min(axis=0)


def blobs(seed, side=48):
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:side, :side]
    centres, radii = rng.uniform(0, side, (3, 2)), rng.uniform(2, side / 3, 3)
    return np.any(
        [np.hypot(rows - y, columns - x) < r for (y, x), r in zip(centres, radii, strict=True)], axis=0
    )


@pytest.mark.parametrize("seed", range(8))
def test_against_brute_force_and_scipy(seed):
    pred, target = blobs(seed), blobs(seed + 100)
    ours, theirs = border_distances(pred, target), brute_force(pred, target)
    for distances, expected in zip(ours, theirs, strict=True):
        assert np.allclose(np.sort(distances), np.sort(expected), atol=1e-4)
    assert hausdorff_95(pred, target) == pytest.approx(max(np.percentile(d, 95) for d in theirs), abs=1e-4)
    points = border_points(pred), border_points(target)
    farthest = max(directed_hausdorff(*points)[0], directed_hausdorff(*points[::-1])[0])
    assert hausdorff(pred, target) == pytest.approx(farthest, abs=1e-4)
    for tolerance in (0, 1, 2.5):
        precision, recall = (np.mean(d <= tolerance + 1e-6) for d in theirs)
        expected = 2 * precision * recall / (precision + recall) if precision + recall else 0
        assert boundary_f1(pred, target, tolerance) == pytest.approx(expected)


def test_by_hand():
    square = np.zeros((20, 20), bool)
    square[5:15, 5:15] = True
    moved = np.roll(square, 3, axis=1)
    assert hausdorff(square, moved) == 3
    # Within 1 px of the other border are, of 36 pixels, 8 of the top and of the bottom row each, and the two
    # pixels of one side that lie next to those rows.
    assert boundary_f1(square, moved, 1) == pytest.approx(18 / 36)
    assert boundary_f1(square, moved, 3) == 1


def test_one_pixel_each():
    assert hausdorff_95(dot(1, 1), dot(4, 5)) == 5
    assert boundary_f1(dot(1, 1), dot(4, 5), 4.9) == 0
    assert boundary_f1(dot(1, 1), dot(4, 5), 5) == 1


def test_empty_masks():
    diagonal = np.hypot(7, 9)
    assert (boundary_f1(NONE, NONE), hausdorff_95(NONE, NONE)) == (1, 0)
    for pair in ((NONE, ALL), (ALL, NONE), (NONE, dot(3, 3)), (dot(3, 3), NONE)):
        assert (boundary_f1(*pair), hausdorff_95(*pair)) == (0, pytest.approx(diagonal))


def test_full_masks_have_the_frame_as_their_border():
    assert (boundary_f1(ALL, ALL, 0), hausdorff_95(ALL, ALL)) == (1, 0)
    assert hausdorff(ALL, dot(3, 4)) == pytest.approx(5)  # from a corner to the middle
    assert border_distances(ALL, ALL).from_pred.size == 2 * (7 + 9) - 4


def test_the_farthest_twentieth_is_forgiven():
    target = np.zeros((100, 100), bool)
    target[20:60, 20:60] = True
    pred = target.copy()
    pred[90, 90] = True  # one stray pixel
    assert hausdorff_95(pred, target) == 0
    assert hausdorff(pred, target) == pytest.approx(np.hypot(31, 31), abs=1e-4)


def test_the_tolerance_follows_the_diagonal():
    assert default_tolerance_px(np.zeros((300, 400), bool)) == pytest.approx(3.75)
    pred, target = blobs(1), blobs(101)
    assert boundary_f1(pred, target) == boundary_f1(pred, target, default_tolerance_px(target))
    assert boundary_scores(pred, target) == (boundary_f1(pred, target), hausdorff_95(pred, target))


MASKS = arrays.arrays(bool, (6, 7))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(MASKS, MASKS, some.floats(0, 5))
def test_symmetric_bounded_and_perfect_on_itself(pred, target, tolerance):
    assert boundary_f1(pred, target, tolerance) == boundary_f1(target, pred, tolerance)
    assert hausdorff_95(pred, target) == hausdorff_95(target, pred)
    assert 0 <= boundary_f1(pred, target, tolerance) <= 1
    assert 0 <= hausdorff_95(pred, target) <= hausdorff(pred, target) <= np.hypot(6, 7)
    assert (boundary_f1(pred, pred, 0), hausdorff(pred, pred)) == (1, 0)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="bool"):
        hausdorff(ALL.astype(float), ALL)
    with pytest.raises(ValueError, match="one shape"):
        boundary_f1(ALL, ALL.T)
    with pytest.raises(ValueError, match="negative"):
        boundary_f1(ALL, ALL, -1)
    with pytest.raises(ValueError, match="percent"):
        hausdorff(ALL, ALL, 101)
