"""Share of a heat map inside the lesion, by hand."""

import numpy as np
import pytest

from skinapp.attribution.mass import mass_inside


def test_share_of_the_mass():
    heatmap = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    assert mass_inside(heatmap, np.array([[False, False], [True, True]])) == pytest.approx(0.7)


def test_all_and_none():
    heatmap = np.ones((2, 2), np.float32)
    assert mass_inside(heatmap, np.ones((8, 8), bool)) == pytest.approx(1)
    assert mass_inside(heatmap, np.zeros((8, 8), bool)) == 0


def test_map_without_mass():
    assert mass_inside(np.zeros((2, 2), np.float32), np.ones((4, 4), bool)) == 0


def test_map_is_resized_to_the_mask():
    """Left half 1, right half 0: symmetric under the resize, so the right half holds what blurs over."""
    left = np.repeat(np.array([[1.0, 0.0]], np.float32), 2, axis=0)
    mask = np.zeros((4, 8), bool)
    mask[:, :4] = True
    # cv2 bilinear along the 8 columns: 1, 1, .875, .625, .375, .125, 0, 0
    assert mass_inside(left, mask) == pytest.approx(3.5 / 4)


def test_mask_must_be_bool():
    with pytest.raises(ValueError, match="uint8"):
        mass_inside(np.ones((2, 2)), np.ones((2, 2), np.uint8))
