import cv2
import numpy as np
import pytest
from scipy import ndimage

from skinapp.imaging.geometry import (
    fit_square,
    lesion_mask,
    mirror_images,
    plain_mask,
    resize_map,
    thumbnail,
)


def disc(height, width, row, column, radius):
    rows, columns = np.mgrid[:height, :width]
    return (rows - row) ** 2 + (columns - column) ** 2 <= radius**2


def test_fit_square_keeps_the_whole_frame():
    image = np.zeros((100, 200, 3), np.uint8)
    image[:, 100:] = 200
    small = fit_square(image, 50)
    assert small.shape == (50, 50, 3) and small.dtype == np.uint8
    assert (small[:, :25] == 0).all() and (small[:, 25:] == 200).all()


def test_shrinking_averages_areas():
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 200
    assert (fit_square(stripes, 16) == 100).all()


def test_a_large_photograph_is_shrunk_as_by_one_average_over_areas():
    noise = np.random.default_rng(3).integers(0, 256, (480, 640, 3)).astype(np.uint8)
    exact = noise.reshape(120, 4, 160, 4, 3).mean(axis=(1, 3))
    assert np.abs(thumbnail(noise, 160) - exact).max() <= 1
    smooth = cv2.GaussianBlur(noise, (0, 0), 5)
    at_once = cv2.resize(smooth, (224, 224), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(fit_square(smooth, 224) - at_once).max() <= 2


def test_fit_square_enlarges():
    assert (fit_square(np.full((3, 5, 3), 7, np.uint8), 16) == 7).all()


@pytest.mark.parametrize(
    ("shape", "expected"), [((300, 600), (50, 100)), ((40, 30), (40, 30)), ((1, 900), (1, 100))]
)
def test_thumbnail(shape, expected):
    assert thumbnail(np.zeros((*shape, 3), np.uint8), 100).shape == (*expected, 3)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="uint8"):
        fit_square(np.zeros((5, 5, 3), np.float32), 4)
    with pytest.raises(ValueError, match="side_px"):
        fit_square(np.zeros((5, 5, 3), np.uint8), 0)
    with pytest.raises(ValueError, match="map"):
        resize_map(np.zeros((5, 5, 3), np.float32), 4, 4)
    with pytest.raises(ValueError, match="threshold"):
        plain_mask(np.zeros((5, 5), np.float32), 4, 4, 1.5)


def test_resize_map_is_bilinear_between_pixel_centres():
    wide = resize_map(np.array([[0.0, 1.0]]), 1, 4)
    assert wide.dtype == np.float32
    assert wide == pytest.approx(np.array([[0, 0.25, 0.75, 1]]))


def test_threshold_is_inclusive():
    assert plain_mask(np.full((4, 4), 0.5, np.float32), 8, 8, 0.5).all()
    assert not plain_mask(np.full((4, 4), 0.5, np.float32), 8, 8, 0.500001).any()


def test_small_components_go_and_holes_close():
    big = disc(200, 200, 80, 80, 50)
    ring = big & ~disc(200, 200, 80, 80, 20)
    companion = disc(200, 200, 170, 170, 20)  # 16 % of the disc
    speck = disc(200, 200, 20, 180, 8)  # 3 %
    found = lesion_mask((ring | companion | speck).astype(np.float32), 200, 200, 0.5)
    assert np.array_equal(found, big | companion)
    assert found.dtype == bool


def test_filling_agrees_with_scipy():
    noise = ndimage.gaussian_filter(np.random.default_rng(3).normal(size=(120, 160)), 4)
    prob = (noise > 0).astype(np.float32)
    labels, count = ndimage.label(prob, np.ones((3, 3)))
    areas = ndimage.sum_labels(prob, labels, range(1, count + 1))
    kept = np.isin(labels, 1 + np.flatnonzero(areas >= 0.1 * areas.max()))
    assert np.array_equal(lesion_mask(prob, 120, 160, 0.5), ndimage.binary_fill_holes(kept))


def test_a_speck_alone_is_no_lesion():
    prob = np.zeros((100, 100), np.float32)
    prob[50, 50:59] = 1  # 9 of 10,000 pixels
    assert not lesion_mask(prob, 100, 100, 0.5).any()
    prob[50, 59] = 1
    assert lesion_mask(prob, 100, 100, 0.5).sum() == 10


def test_nothing_and_everything():
    assert not lesion_mask(np.zeros((8, 8), np.float32), 90, 70, 0.5).any()
    assert lesion_mask(np.ones((8, 8), np.float32), 90, 70, 0.5).all()


def test_mirror_images_are_four_and_come_back():
    image = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    plain, left_right, up_down, both = mirror_images(image)
    assert np.array_equal(plain, image)
    assert np.array_equal(left_right[:, 0], image[:, 2])
    assert np.array_equal(up_down[0], image[1])
    assert np.array_equal(both, mirror_images(left_right)[2])
