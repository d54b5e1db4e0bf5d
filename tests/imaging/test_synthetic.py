import cv2
import numpy as np
import pytest

from skinapp.imaging.cleaning import hair_mask
from skinapp.imaging.quality import assess_quality, dark_corners
from skinapp.imaging.synthetic import GALLERY, draw_lesion, draw_skin
from skinapp.results import Verdict


@pytest.mark.parametrize("seed", range(8))
def test_a_lesion_is_darker_than_its_skin_and_whole(seed):
    image, mask = draw_lesion(seed, 150, 200)
    assert image.shape == (150, 200, 3) and image.dtype == np.uint8
    assert mask.shape == (150, 200) and mask.dtype == bool
    assert 0.05 < mask.mean() < 0.45
    assert not mask[[0, -1]].any() and not mask[:, [0, -1]].any()
    near = cv2.dilate(mask.view(np.uint8), np.ones((25, 25), np.uint8)).astype(bool) & ~dark_corners(image)
    assert image[mask].mean() < image[near & ~mask].mean() - 5


def test_the_same_seed_draws_the_same_picture():
    first, second, other = (draw_lesion(seed, 120, 160) for seed in (5, 5, 6))
    assert np.array_equal(first[0], second[0]) and np.array_equal(first[1], second[1])
    assert not np.array_equal(first[0], other[0])


def test_a_seed_keeps_its_lesion_at_other_sizes():
    small, large = (draw_lesion(2, *size)[1] for size in ((150, 200), (450, 600)))
    assert small.mean() == pytest.approx(large.mean(), rel=0.02)


def test_skin_alone_has_an_empty_mask():
    image, mask = draw_skin(3, 120, 160)
    assert image.shape == (120, 160, 3) and not mask.any()
    assert image[~dark_corners(image)].std(axis=0).max() < 40


def test_gallery_shows_what_its_captions_say():
    drawn = {caption: draw_lesion(seed, 300, 400) for seed, caption in GALLERY}
    assert len(drawn) == 6
    assert hair_mask(drawn["Drawn: reddish, under hair"][0]).mean() > 0.03
    assert dark_corners(drawn["Drawn: brown, in a round field"][0]).mean() > 0.05
    inside = drawn["Drawn: large, on dark skin"]
    skin = inside[0][~inside[1] & ~dark_corners(inside[0])]
    assert np.median(skin) < 110
    assert assess_quality(drawn["Drawn: small and even"][0]).verdict is Verdict.GOOD


def test_wrong_arguments():
    with pytest.raises(ValueError, match="seed"):
        draw_lesion(-1, 100, 100)
    with pytest.raises(ValueError, match="sides"):
        draw_skin(0, 5, 100)
