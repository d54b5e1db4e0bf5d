import numpy as np
import pytest

from skinapp.attribution.faithfulness import faithfulness

PATCH = np.zeros((8, 8), bool)
PATCH[2:6, 2:6] = True  # a quarter of the pixels
IMAGE = np.where(PATCH[..., None], 255, 0).astype(np.uint8).repeat(3, axis=2)


def brightness_of_the_patch(image):
    return image[PATCH].mean() / 255


def test_curves_of_a_perfect_map_by_hand():
    """Without the patch only the mean colour is left, a quarter of white; with it all is back."""
    known = faithfulness(IMAGE, PATCH.astype(np.float32), brightness_of_the_patch, steps=4)
    assert known.shares.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert known.deletion == pytest.approx([1, 64 / 255, 64 / 255, 64 / 255, 64 / 255])
    assert known.insertion[1:] == pytest.approx([1, 1, 1, 1])
    assert known.insertion[0] < 1
    assert known.deletion_area == pytest.approx(0.25 * (0.5 + 3.5 * 64 / 255))


def test_the_opposite_map_is_worse_both_ways():
    right, wrong = (
        faithfulness(IMAGE, heat.astype(np.float32), brightness_of_the_patch) for heat in (PATCH, ~PATCH)
    )
    assert right.deletion_area < wrong.deletion_area - 0.2
    assert right.insertion_area > wrong.insertion_area


def test_a_small_map_is_spread_over_the_image():
    heat = np.array([[1.0, 0.0], [0.0, 0.0]], np.float32)
    seen = []
    faithfulness(np.full((8, 8, 3), 10, np.uint8), heat, lambda image: seen.append(image.shape) or 0.0, 2)
    assert seen == [(8, 8, 3)] * 6


def test_the_image_is_left_alone():
    before = IMAGE.copy()
    faithfulness(IMAGE, PATCH.astype(np.float32), brightness_of_the_patch)
    assert np.array_equal(IMAGE, before)


def test_no_step_is_refused():
    with pytest.raises(ValueError, match="steps"):
        faithfulness(IMAGE, PATCH.astype(np.float32), brightness_of_the_patch, steps=0)
