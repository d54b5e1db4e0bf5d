import numpy as np
import pytest

from skinapp.imaging.compositing import composite, feathered, lesion_box, middle_of
from skinapp.imaging.enlarging import Box, enlarge_bicubic, enlarge_map, enlarge_pixels
from skinapp.imaging.synthetic import draw_lesion

IMAGE, MASK = draw_lesion(2, 150, 200)


def rectangle(top, left, bottom, right, height=60, width=80):
    mask = np.zeros((height, width), bool)
    mask[top:bottom, left:right] = True
    return mask


def test_the_crop_is_a_square_with_margin():
    assert lesion_box(rectangle(20, 30, 30, 50)) == Box(12, 27, 38, 53)  # 20 px + 15 % on both sides


def test_the_crop_moves_into_the_frame():
    box = lesion_box(rectangle(0, 70, 20, 80))
    assert (box.top, box.right, box.height, box.width) == (0, 80, 26, 26)
    assert lesion_box(rectangle(0, 0, 60, 60)) == Box(0, 0, 60, 78)  # as much as there is


def test_a_tiny_lesion_has_room_for_a_metric():
    box = lesion_box(rectangle(30, 40, 31, 41))
    assert (box.height, box.width) == (16, 16) and box.top < 30 < box.bottom and box.left < 40 < box.right
    assert lesion_box(rectangle(0, 0, 1, 1, 12, 20)) == Box(0, 0, 12, 16)


def test_without_a_lesion_it_is_the_frame():
    assert lesion_box(np.zeros((60, 80), bool)) == Box(0, 0, 60, 80)


def test_the_middle_of_a_large_box():
    assert middle_of(Box(10, 20, 110, 60), 50) == Box(35, 20, 85, 60)
    assert middle_of(Box(1, 2, 3, 4), 50) == Box(1, 2, 3, 4)


def test_the_soft_edge_lies_inside():
    alpha = feathered(MASK)
    assert alpha.dtype == np.float32 and alpha.max() == 1
    assert not alpha[~MASK].any()
    assert 0 < ((alpha > 0) & (alpha < 1)).sum() < 0.3 * MASK.sum()
    assert np.abs(np.diff(alpha, axis=1)).max() < 0.75  # no step


def test_a_full_or_empty_mask_has_no_edge():
    assert (feathered(np.ones((4, 4), bool)) == 1).all()
    assert not feathered(np.zeros((4, 4), bool)).any()


def test_outside_the_outline_nothing_changes_and_there_is_no_seam():
    background = enlarge_bicubic(IMAGE)
    foreground = np.clip(background.astype(int) + 6, 0, 255).astype(np.uint8)
    put_back = composite(background, foreground, enlarge_map(feathered(MASK)))
    outside = ~enlarge_pixels(MASK)
    assert np.array_equal(put_back[outside], background[outside])  # so its mean colour is the same too
    added = put_back.astype(int) - background
    assert added.max() == 6
    steps = np.abs(np.diff(added[..., 0], axis=0)).max(), np.abs(np.diff(added[..., 0], axis=1)).max()
    assert max(steps) <= 2  # of 6 levels, from pixel to pixel


def test_wrong_arguments():
    with pytest.raises(ValueError, match="one size"):
        composite(IMAGE, IMAGE, np.zeros((3, 3), np.float32))
    with pytest.raises(ValueError, match="bool"):
        feathered(np.zeros((3, 3)))
