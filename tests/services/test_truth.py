import io
import json

import cv2
import numpy as np
import pytest
from PIL import Image

from skinapp.errors import DataError, ImageError, SkinAppError
from skinapp.imaging.encoding import encode_jpeg, encode_png
from skinapp.imaging.synthetic import draw_lesion
from skinapp.services.truth import read_truth, truth_regions, truth_scores

HEIGHT, WIDTH = 90, 120
MASK = np.zeros((HEIGHT, WIDTH), bool)
MASK[20:60, 30:90] = True


def labelme(points, height=HEIGHT, width=WIDTH, **more):
    shape = {"label": "lesion", "points": points, "shape_type": "polygon"}
    return json.dumps({"imageHeight": height, "imageWidth": width, "shapes": [shape | more]}).encode()


CORNERS = [[30, 20], [89, 20], [89, 59], [30, 59]]


def test_a_mask_of_the_same_size_is_taken_as_it_is():
    truth = read_truth(encode_png(MASK), "mask.png", HEIGHT, WIDTH)
    assert np.array_equal(truth.mask, MASK) and truth.notes == ()


@pytest.mark.parametrize("data", [labelme(CORNERS), b"\xef\xbb\xbf \n" + labelme(CORNERS)])
def test_labelme_polygons_whatever_the_name_of_the_file(data):
    if data.startswith(b"\xef"):
        data = data[3:]
    assert np.array_equal(read_truth(data, "mask.png", HEIGHT, WIDTH).mask, MASK)


@pytest.mark.parametrize(
    "image",
    [
        np.dstack([MASK.astype(np.uint8)] * 3),  # labels 0 and 1
        np.where(MASK[..., None], np.uint8([128, 0, 0]), np.uint8(0)),  # a palette's red
        cv2.GaussianBlur(np.dstack([MASK.astype(np.uint8) * 255] * 3), (3, 3), 0),  # a soft edge
    ],
)
def test_masks_as_other_programs_save_them(image):
    truth = read_truth(encode_png(image), "mask.png", HEIGHT, WIDTH)
    assert np.count_nonzero(truth.mask ^ MASK) <= 4  # corners of the soft one


def test_a_mask_saved_as_jpeg():
    image = np.dstack([MASK.astype(np.uint8) * 255] * 3)
    truth = read_truth(encode_jpeg(image, 80), "mask.jpg", HEIGHT, WIDTH)
    assert np.count_nonzero(truth.mask ^ MASK) < 0.01 * MASK.size


@pytest.mark.parametrize("value", [False, True])
def test_empty_and_full_masks(value):
    mask = np.full((HEIGHT, WIDTH), value)
    assert np.array_equal(read_truth(encode_png(mask), "mask.png", HEIGHT, WIDTH).mask, mask)


@pytest.mark.parametrize(("height", "width"), [(180, 240), (72, 96), (767, 1022)])
def test_another_size_of_the_same_shape_is_resized_and_said(height, width):
    mask = cv2.resize(MASK.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST).astype(bool)
    truth = read_truth(encode_png(mask), "mask.png", HEIGHT, WIDTH)
    assert truth.mask.shape == MASK.shape
    assert np.count_nonzero(truth.mask ^ MASK) < 0.02 * MASK.size
    assert f"{width} × {height}" in truth.notes[0] and "120 × 90" in truth.notes[0]


def test_another_shape_is_refused_with_both_sizes():
    with pytest.raises(DataError, match="100 × 100 px, the photograph 120 × 90") as caught:
        read_truth(encode_png(np.ones((100, 100), bool)), "mask.png", HEIGHT, WIDTH)
    assert "neither cropped nor squeezed" in caught.value.hint


def test_a_photograph_is_no_mask():
    with pytest.raises(DataError, match="looks like a photograph"):
        read_truth(encode_png(draw_lesion(2, HEIGHT, WIDTH)[0]), "arm.png", HEIGHT, WIDTH)


def test_nonsense_is_refused():
    with pytest.raises(ImageError, match="not an image"):
        read_truth(b"no mask at all", "mask.png", HEIGHT, WIDTH)


BROKEN = {
    "another file": b'{"version": 1}',
    "a list": b"[1, 2]",
    "cut off": labelme(CORNERS)[:-9],
    "nested too deep": b"[" * 100_000,
    "no size": labelme(CORNERS, height=0),
    "a bomb": labelme(CORNERS, height=10**6, width=10**6),
    "an endless size": b'{"imageHeight": Infinity, "imageWidth": 9, "shapes": []}',
    "two points": labelme(CORNERS[:2]),
    "a circle": labelme(CORNERS[:2], shape_type="circle"),
    "no numbers": labelme([["a", "b"]] * 3),
    "not a number": labelme([[float("nan"), 1]] * 3),
    "uneven points": labelme([[1, 2], [3], [4, 5]]),
    "shapes that are none": b'{"imageHeight": 90, "imageWidth": 120, "shapes": [1]}',
    "no text": b"{\xff\xfe",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_broken_annotations_are_refused_by_name(data):
    with pytest.raises(SkinAppError, match=r"mask\.json") as caught:
        read_truth(data, "mask.json", HEIGHT, WIDTH)
    assert caught.value.hint


def test_points_far_outside_the_frame_do_no_harm():
    far = 1e12
    data = labelme([[-far, -far], [far, -far], [far, far], [-far, far]])
    assert read_truth(data, "mask.json", HEIGHT, WIDTH).mask.all()


def test_scores_by_hand():
    moved = np.roll(MASK, 2, axis=1)
    perfect, close, none = truth_scores([MASK, moved, MASK & False], MASK)
    assert vars(perfect) == {"iou": 1, "dice": 1, "boundary_f1": 1, "hausdorff_95_px": 0}
    assert close.iou == pytest.approx(58 / 62) and close.dice == pytest.approx(58 / 60)
    assert close.hausdorff_95_px == 2 and 0.5 < close.boundary_f1 < 1
    assert vars(none) == {"iou": 0, "dice": 0, "boundary_f1": 0, "hausdorff_95_px": 150}


def test_regions_are_right_too_much_and_missed():
    moved = np.roll(MASK, 2, axis=1)
    (right, first), (added, second), (missed, third) = truth_regions(moved, MASK)
    assert (right.sum(), added.sum(), missed.sum()) == (58 * 40, 2 * 40, 2 * 40)
    assert len({ink.colour for ink in (first, second, third)}) == 3


@pytest.mark.parametrize("ink", [[255, 255, 255], [0, 0, 0], [200, 30, 30]])
def test_a_lesion_of_one_colour_on_nothing(ink):
    layer = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    layer[MASK] = [*ink, 255]
    assert np.array_equal(read_truth(rgba(layer), "mask.png", HEIGHT, WIDTH).mask, MASK)


@pytest.mark.parametrize("alpha", [255, 0])
def test_two_colours_are_a_mask_whatever_is_opaque(alpha):
    """Opaque all over, or with the black skin around taken away in part."""
    layer = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    layer[..., 3] = 255
    layer[MASK, :3] = 255
    layer[:10, :, 3] = alpha
    assert np.array_equal(read_truth(rgba(layer), "mask.png", HEIGHT, WIDTH).mask, MASK)


def rgba(layer):
    file = io.BytesIO()
    Image.fromarray(layer).save(file, "PNG")
    return file.getvalue()
