"""How much a lesion stands out from the skin around it."""

import numpy as np
import pytest

from skinapp.imaging.quality import lesion_contrast

ROWS, COLUMNS = np.mgrid[:100, :120]
DISC = (ROWS - 50) ** 2 + (COLUMNS - 60) ** 2 < 400


def painted(inside, outside):
    return np.dstack([np.where(DISC, inside, outside).astype(np.uint8)] * 3)


def test_white_on_black_is_the_whole_range_of_lightness():
    assert lesion_contrast(painted(255, 0), DISC) == pytest.approx(100, abs=0.1)


def test_equal_colours_have_none():
    assert lesion_contrast(painted(90, 90), DISC) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("mask", [np.zeros_like(DISC), np.ones_like(DISC)])
def test_without_lesion_or_skin_there_is_none(mask):
    assert lesion_contrast(painted(255, 0), mask) == 0


def test_only_the_skin_nearby_counts():
    image = painted(90, 90)
    image[:, :5] = 255
    assert lesion_contrast(image, DISC) == pytest.approx(0, abs=0.01)
