import numpy as np
import pytest

from skinapp.imaging.montage import PAPER, Tile, montage


def tile(level, *lines, height=80, width=120):
    return Tile(np.full((height, width, 3), level, np.uint8), lines)


def columns_with(image, level):
    return np.flatnonzero((image == level).all(axis=(2,)).any(axis=0))


def test_tiles_stand_in_their_rows_unchanged():
    image = montage([[tile(10), tile(20)], [tile(30)]])
    for level in (10, 20, 30):
        assert np.count_nonzero((image == level).all(axis=2)) == 80 * 120
    assert columns_with(image, 10).max() < columns_with(image, 20).min()
    assert columns_with(image, 30).min() == columns_with(image, 10).min()
    assert (image[0] == PAPER).all() and (image[:, -1] == PAPER).all()


def test_words_stand_under_their_tile_and_inside_its_width():
    words = "a line that is much too long for one tile of this width and goes on"
    image = montage([[tile(10, words), tile(20)]])
    assert image.shape[0] > montage([[tile(10, "short"), tile(20)]]).shape[0] > montage([[tile(10)]]).shape[0]
    dark = (image < 128).all(axis=2) & (image != 10).any(axis=2) & (image != 20).any(axis=2)
    inked = np.flatnonzero(dark.any(axis=0))
    assert inked.size and inked.max() <= columns_with(image, 10).max()


def test_wrong_tiles():
    with pytest.raises(ValueError, match="at least one"):
        montage([])
    with pytest.raises(ValueError, match="one size"):
        montage([[tile(1), tile(2, height=40)]])
