import numpy as np
import pytest

from skinapp.imaging.decoys import DECOYS, draw_decoy


@pytest.mark.parametrize("kind", DECOYS)
def test_each_kind_draws_another_picture_for_each_seed(kind):
    pictures = [draw_decoy(kind, seed, 90, 120) for seed in (0, 1, 1)]
    assert all(picture.shape == (90, 120, 3) and picture.dtype == np.uint8 for picture in pictures)
    assert np.array_equal(pictures[1], pictures[2])
    assert not np.array_equal(pictures[0], pictures[1])


def test_kinds_differ_with_the_same_seed():
    pictures = [draw_decoy(kind, 3, 64, 64) for kind in DECOYS]
    assert len({picture.tobytes() for picture in pictures}) == len(DECOYS)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="plain, noise"):
        draw_decoy("lesion", 0)
    with pytest.raises(ValueError, match="64 px"):
        draw_decoy("plain", 0, 32, 32)
