import io
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from skinapp.engine.torch_engine import TorchEngine
from skinapp.errors import ImageError
from skinapp.imaging.enlarging import (
    Box,
    Enlarger,
    enlarge_bicubic,
    enlarge_pixels,
    enlarged_part,
    tiles,
    whole,
)
from skinapp.imaging.synthetic import draw_lesion
from skinapp.models import registry, zoo  # noqa: F401
from skinapp.models.card import Task
from skinapp.models.weights import is_installed
from skinapp.results import ModelUse
from skinapp.services.enhance import (
    COMPARED_SIDE_PX,
    MAX_SIDE_PX,
    METHODS,
    check_size,
    compare_methods,
    enlarger_of,
    given_and_truth,
    lesion_pair,
    part_to_compare,
)
from skinapp.services.enhance_whole import enlarged_bands
from skinapp.services.enhanced_files import enhanced_name, enhanced_png, enhanced_png_of_bands
from skinapp.settings import settings

USE = ModelUse("light-x4", "ab" * 32, "nowhere", 0.0)
IMAGE, MASK = draw_lesion(2, 150, 200)


def bicubic_and_six(image):
    return np.clip(enlarge_bicubic(image).astype(int) + 6, 0, 255).astype(np.uint8)


brighter = Enlarger(bicubic_and_six, context_px=2)  # a stand-in for super-resolution


def test_the_five_methods_show_the_same_crop():
    methods = compare_methods(IMAGE, MASK, brighter, part_to_compare(MASK))
    sizes = {getattr(methods, name).shape for name in METHODS}
    height, width = methods.small.shape[:2]
    assert sizes == {(4 * height, 4 * width, 3)} and height == width < 150
    assert methods.mask.shape == (height, width) and methods.mask.sum() == MASK.sum()


def test_outside_the_outline_only_bicubic_and_inside_the_enlarger():
    methods = compare_methods(IMAGE, MASK, brighter)
    outside, deep = ~enlarge_pixels(MASK), methods.alpha == 1
    assert np.array_equal(methods.bicubic, enlarge_bicubic(IMAGE))
    assert np.array_equal(methods.segment_enlarger[outside], methods.bicubic[outside])
    assert np.array_equal(methods.segment_enlarger[deep], methods.enlarger[deep])
    assert np.array_equal(methods.segment_bicubic, methods.bicubic)


def test_a_part_is_that_part_of_the_whole():
    box = Box(30, 40, 110, 140)
    part, everything = compare_methods(IMAGE, MASK, brighter, box), compare_methods(IMAGE, MASK, brighter)
    for name in METHODS:
        difference = np.abs(getattr(part, name).astype(int) - getattr(everything, name)[120:440, 160:560])
        assert difference.max() <= 1


def test_without_a_lesion_the_whole_image_is_enlarged():
    nothing = np.zeros_like(MASK)
    methods = compare_methods(IMAGE, nothing, brighter, part_to_compare(nothing))
    assert methods.small.shape == IMAGE.shape
    assert not methods.mask.any() and (methods.alpha == 1).all()
    assert np.array_equal(methods.segment_enlarger, methods.enlarger)


def test_a_large_lesion_is_compared_in_its_middle():
    box = part_to_compare(np.ones((3000, 4000), bool))
    assert (box.height, box.width) == (COMPARED_SIDE_PX, COMPARED_SIDE_PX)
    assert box.top == (3000 - COMPARED_SIDE_PX) // 2


def test_bands_give_the_whole_photograph():
    told = []
    bands = list(enlarged_bands(IMAGE, MASK, brighter, lambda *counts: told.append(counts)))
    whole = compare_methods(IMAGE, MASK, brighter).segment_enlarger
    assert np.abs(np.concatenate(bands).astype(int) - whole).max() <= 1
    assert told[0] == (0, told[-1][1]) and told[-1][0] == told[-1][1]


def test_bands_without_a_lesion_are_bicubic():
    bands = np.concatenate(list(enlarged_bands(IMAGE, np.zeros_like(MASK), brighter)))
    assert np.array_equal(bands, enlarge_bicubic(IMAGE))


def test_a_large_photograph_needs_the_memory_of_a_band():
    image, mask = np.zeros((2000, 1000, 3), np.uint8), np.zeros((2000, 1000), bool)
    mask[500:700, 300:500] = True
    tracemalloc.start()
    rows = sum(len(band) for band in enlarged_bands(image, mask, brighter))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 8000
    assert peak < 60e6 < 8000 * 4000 * 3  # bytes; the enlarged photograph has 96 million


@pytest.mark.parametrize(("height", "width", "words"), [(3, 3, "at least"), (100, 4001, "4000")])
def test_sizes_that_cannot_be_enlarged(height, width, words):
    with pytest.raises(ImageError, match=words):
        check_size(np.zeros((height, width, 3), np.uint8))
    check_size(np.zeros((100, 4000, 3), np.uint8))


def test_a_test_makes_the_photograph_small_and_keeps_the_truth():
    small, truth = given_and_truth(IMAGE, "clean")
    assert small.shape == (37, 50, 3) and truth.shape == (148, 200, 3)
    noisy, _truth = given_and_truth(IMAGE, "degraded", seed=1)
    assert noisy.shape == small.shape and not np.array_equal(noisy, small)
    assert np.array_equal(noisy, given_and_truth(IMAGE, "degraded", seed=1)[0])
    assert given_and_truth(IMAGE, "as_is") == (IMAGE, None)
    with pytest.raises(ImageError, match="too small for a test"):
        given_and_truth(IMAGE[:50], "clean")


def test_a_download_says_for_good_what_it_is():
    data = enhanced_png(IMAGE, "segment_enlarger", USE)
    text = Image.open(io.BytesIO(data)).text
    assert "no evidence" in text["Synthetic detail"]
    assert text["Weights SHA-256"] == USE.sha256 and "not a medical device" in text["Comment"]
    assert "synthetic-detail" in enhanced_name("a.jpg", "enlarger", "light-x4")
    bands = enhanced_png_of_bands([IMAGE], 150, 200, "bicubic", USE)
    assert "Synthetic detail" not in Image.open(io.BytesIO(bands)).text
    assert "synthetic" not in enhanced_name("a.jpg", "segment_bicubic", "light-x4")


@pytest.mark.parametrize("name", registry.names(Task.SUPER_RESOLUTION))
def test_tiles_leave_no_seam(name):
    """At most one grey level between the whole image in one go and its tiles, with the committed weights."""
    if registry.card(name).hub or not is_installed(name, settings().weights_dir):
        pytest.skip("no weights of this model")
    enlarger = enlarger_of(TorchEngine(settings().weights_dir, device="cpu"), name)
    image = IMAGE[:136, :136]
    everything = enlarger(image).astype(int)
    for tile in tiles(whole(image), side_px=70):
        expected = Box(*(4 * edge for edge in vars(tile).values())).of(everything)
        assert np.abs(enlarged_part(image, tile, enlarger) - expected).max() <= 1


def test_with_the_real_engine(weights_dir):
    enlarger = enlarger_of(TorchEngine(weights_dir, device="cpu"), "tiny-x4")
    assert enlarger.context_px == 16
    pair = lesion_pair(IMAGE, MASK, enlarger)
    assert pair.before.shape == pair.after.shape == (4 * len(pair.mask), 4 * pair.mask.shape[1], 3)


def test_a_lesion_of_a_large_photograph_can_be_enlarged():
    """Only the part around it is, so the photograph may be larger than what is enlarged as a whole."""
    image, mask = np.zeros((100, MAX_SIDE_PX + 1, 3), np.uint8), np.zeros((100, MAX_SIDE_PX + 1), bool)
    mask[40:60, 2000:2030] = True
    pair = lesion_pair(image, mask, Enlarger(enlarge_pixels, 4))
    assert pair.mask.sum() == mask.sum()
