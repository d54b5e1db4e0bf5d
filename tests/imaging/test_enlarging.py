import cv2
import numpy as np
import pytest
import torch

from skinapp.imaging.enlarging import (
    BICUBIC,
    Box,
    Enlarger,
    enlarge_bicubic,
    enlarge_map,
    enlarge_pixels,
    enlarged_in_tiles,
    enlarged_part,
    tiles,
    whole,
)
from skinapp.imaging.synthetic import draw_lesion
from skinapp.models.super_resolver import LightGenerator

IMAGE = draw_lesion(2, 150, 200)[0]


def test_tiles_cover_every_pixel_once():
    seen = np.zeros((150, 200), int)
    for tile in tiles(Box(7, 9, 150, 200), 64):
        tile.of(seen)[:] += 1
        assert 40 < tile.height <= 64 and 40 < tile.width <= 64
    assert (seen[7:, 9:] == 1).all() and seen.sum() == 143 * 191


def test_a_part_of_the_bicubic_enlargement_is_that_of_the_whole():
    box = Box(20, 0, 60, 33)
    part = enlarged_part(IMAGE, box, BICUBIC)
    assert np.array_equal(part, enlarge_bicubic(IMAGE)[80:240, :132])
    assert not np.array_equal(part, enlarge_bicubic(box.of(IMAGE)))


def light_network():
    """A seeded `LightGenerator` that adds a good deal to bicubic; it sees 6 pixels far."""
    torch.manual_seed(0)
    network = LightGenerator(channels=8, blocks=4).eval().requires_grad_(False)
    torch.nn.init.normal_(network.tail.weight, std=0.02)

    def enlarge(image):
        batch = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None] / 255
        return network(batch)[0].clamp(0, 1).mul(255).round().byte().permute(1, 2, 0).numpy()

    return Enlarger(enlarge, context_px=6)


def test_tiled_equals_untiled_where_the_overlap_holds_all_that_the_network_sees():
    enlarge = light_network()
    tiled, untiled = enlarged_in_tiles(IMAGE, whole(IMAGE), enlarge), enlarge(IMAGE)
    assert np.abs(untiled.astype(int) - enlarge_bicubic(IMAGE)).max() > 20
    difference = np.abs(tiled.astype(int) - untiled)
    assert difference.max() <= 1 and difference.mean() < 0.001  # another order of sums


def test_progress_counts_and_can_stop():
    told = []
    enlarged_in_tiles(IMAGE, whole(IMAGE), BICUBIC, lambda *counts: told.append(counts))
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]

    def stop(done, total):
        if done == 2:
            raise InterruptedError

    calls = []
    with pytest.raises(InterruptedError):
        counted = Enlarger(lambda tile: calls.append(1) or enlarge_bicubic(tile), 2)
        enlarged_in_tiles(IMAGE, whole(IMAGE), counted, stop)
    assert len(calls) == 2


def test_pixels_stay_squares_and_maps_grow_nothing_around_zero():
    dot = np.zeros((5, 5, 3), np.uint8)
    dot[2, 2] = 9
    assert (enlarge_pixels(dot)[8:12, 8:12] == 9).all() and enlarge_pixels(dot).sum() == 16 * 27
    lesion = np.zeros((8, 8), bool)
    lesion[2:6, 2:6] = True
    inner = cv2.erode(lesion.view(np.uint8), np.ones((3, 3), np.uint8))
    assert not enlarge_map(inner)[~enlarge_pixels(lesion)].any()
    assert enlarge_map(inner).max() == 1
