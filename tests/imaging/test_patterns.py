import numpy as np
import pytest

from skinapp.imaging.patterns import ADDED, MISSING, SHARED, Fill, Ink, ink_regions, swatch

IMAGE = np.full((90, 120, 3), 200, np.uint8)
LEFT, RIGHT = np.zeros((2, 90, 120), bool)
LEFT[:, :60] = RIGHT[:, 60:] = True


def luma(image):
    return image @ np.array([0.299, 0.587, 0.114])


def test_only_the_region_is_covered():
    drawn = ink_regions(IMAGE, [(LEFT, ADDED)])
    assert np.array_equal(drawn[RIGHT], IMAGE[RIGHT])
    assert np.unique(drawn[LEFT], axis=0).shape[0] == 1
    expected = np.array(ADDED.colour) * 0.8 + 200 * 0.2
    assert drawn[0, 0] == pytest.approx(expected, abs=1)


def test_without_colour_the_fills_still_differ():
    grey = (120, 120, 120)
    pale, solid, striped = (luma(swatch(Ink(grey, fill), 90, 90)) for fill in Fill)
    assert max(pale.std(), solid.std()) < 1e-9 and abs(pale.mean() - solid.mean()) > 15
    assert striped.std() > 30


def test_stripes_cross_even_a_thin_sliver():
    sliver = np.zeros((90, 120), bool)
    sliver[40:42] = True
    drawn = luma(ink_regions(IMAGE, [(sliver, MISSING)])[40])
    assert len(np.unique(drawn)) == 2
    assert np.count_nonzero(np.diff(drawn)) >= 20


def test_the_last_of_two_inks_shows():
    both = ink_regions(IMAGE, [(LEFT, MISSING), (LEFT, SHARED)])
    assert np.array_equal(both, ink_regions(IMAGE, [(LEFT, SHARED)]))


def test_the_inks_differ_in_colour_and_in_fill():
    inks = SHARED, ADDED, MISSING
    assert len({ink.colour for ink in inks}) == len({ink.fill for ink in inks}) == 3


def test_a_mask_of_another_size_is_refused():
    with pytest.raises(ValueError, match="mask"):
        ink_regions(IMAGE, [(LEFT.T, ADDED)])
