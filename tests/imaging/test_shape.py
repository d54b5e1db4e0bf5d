import cv2
import numpy as np
import pytest
from scipy.special import ellipe

from skinapp.imaging.shape import asymmetry, border_irregularity, greatest_diameter, measure_shape

BROWN = (150, 95, 70)


def painted(mask, colour=BROWN):
    image = np.full((*mask.shape, 3), (225, 185, 165), np.uint8)
    image[mask] = colour
    return image


def disc(radius, side=None):
    side = side or 2 * radius + 21
    rows, columns = np.mgrid[:side, :side] - side // 2
    return rows**2 + columns**2 <= radius**2


def ellipse(angle, a=200, b=100):
    return cv2.ellipse(np.zeros((600, 600), np.uint8), (300, 300), (a, b), angle, 0, 360, 1, -1).astype(bool)


def square(angle, side=200):
    corners = cv2.boxPoints(((300, 300), (side - 1, side - 1), angle))
    return cv2.fillPoly(np.zeros((600, 600), np.uint8), [np.rint(corners).astype(int)], 1).astype(bool)


@pytest.mark.parametrize("radius", [10, 40, 300])
def test_disc(radius):
    mask = disc(radius)
    shape = measure_shape(painted(mask), mask)
    assert shape.area_px == mask.sum() == pytest.approx(np.pi * radius**2, rel=0.02)
    assert shape.area_fraction == mask.mean()
    assert shape.diameter_px == pytest.approx(2 * radius + 1, rel=0.02)
    assert shape.border_irregularity == pytest.approx(1, abs=0.01)
    assert max(shape.asymmetry_major, shape.asymmetry_minor) < 0.02
    assert shape.diameter_mm is None and shape.area_mm2 is None


@pytest.mark.parametrize("angle", [0, 20, 45, 77])
def test_ellipse(angle):
    mask = ellipse(angle)
    perimeter = 4 * 200 * ellipe(1 - (100 / 200) ** 2)
    assert greatest_diameter(mask) == pytest.approx(401, abs=1.5)
    assert border_irregularity(mask) == pytest.approx(perimeter**2 / (4 * np.pi**2 * 200 * 100), rel=0.01)
    assert max(asymmetry(mask)) < 0.01


@pytest.mark.parametrize("angle", [0, 20, 45])
def test_square(angle):
    assert greatest_diameter(square(angle)) == pytest.approx(200 * np.sqrt(2), abs=2)
    assert border_irregularity(square(angle)) == pytest.approx(4 / np.pi, rel=0.02)


@pytest.mark.parametrize("angle", [0, 30, 111])
def test_half_disc_is_mirror_true_about_its_short_axis_only(angle):
    mask = cv2.ellipse(np.zeros((600, 600), np.uint8), (300, 300), (200, 200), angle, 0, 180, 1, -1).astype(
        bool
    )
    major, minor = asymmetry(mask)
    # Major axis along the cut at 4 r / (3 pi) from it: the part without counterpart, integrated.
    x = np.linspace(-1, 1, 200001)
    height, c = np.sqrt(1 - x**2), 4 / (3 * np.pi)
    unmatched = np.where(height > c, np.abs((height - c) - c), height).mean() * 2
    assert major == pytest.approx(unmatched / (np.pi / 2), abs=0.01)
    assert minor < 0.01


def test_ragged_border_measures_more():
    angle = np.arctan2(*(np.mgrid[:400, :400] - 200))
    radius = np.hypot(*(np.mgrid[:400, :400] - 200))
    star = radius <= 120 * (1 + 0.2 * np.cos(9 * angle))
    phi = np.linspace(0, 2 * np.pi, 100001)
    r, dr = 120 * (1 + 0.2 * np.cos(9 * phi)), -120 * 0.2 * 9 * np.sin(9 * phi)
    perimeter, area = np.hypot(r, dr).mean() * 2 * np.pi, (r**2).mean() * np.pi
    assert border_irregularity(star) == pytest.approx(perimeter**2 / (4 * np.pi * area), rel=0.04)


def test_diameter_against_all_pairs():
    mask = np.random.default_rng(0).random((25, 30)) < 0.05
    rows, columns = np.nonzero(mask)
    corners = np.concatenate([np.column_stack([rows + i, columns + j]) for i in (0, 1) for j in (0, 1)])
    slow = max(np.hypot(*(a - b)) for a in corners for b in corners)
    assert greatest_diameter(mask) == pytest.approx(slow)


def test_single_pixel_line_and_empty():
    one = np.zeros((100, 100), bool)
    assert measure_shape(painted(one), one) is None
    one[50, 50] = True
    shape = measure_shape(painted(one), one)
    assert (shape.area_px, shape.border_irregularity) == (1, 1)
    assert shape.diameter_px == pytest.approx(np.sqrt(2))
    one[50, 20:80] = True
    assert measure_shape(painted(one), one).diameter_px == pytest.approx(np.hypot(60, 1))


def test_millimetres():
    mask = disc(50)
    shape = measure_shape(painted(mask), mask, mm_per_px=0.02)
    assert shape.diameter_mm == pytest.approx(shape.diameter_px * 0.02)
    assert shape.area_mm2 == pytest.approx(mask.sum() * 0.0004)
    with pytest.raises(ValueError, match="mm_per_px"):
        measure_shape(painted(mask), mask, mm_per_px=0)


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((235, 220, 215), "white"),
        ((170, 60, 60), "red"),
        ((175, 125, 95), "light brown"),
        ((100, 60, 45), "dark brown"),
        ((100, 110, 125), "blue-grey"),
        ((20, 15, 15), "black"),
    ],
)
def test_each_colour_is_named(colour, name):
    mask = disc(60)
    assert measure_shape(painted(mask, colour), mask).colours == (name,)


def test_a_colour_needs_its_share():
    mask = disc(100)
    image = painted(mask, (100, 60, 45))
    image[: mask.shape[0] // 2][mask[: mask.shape[0] // 2]] = (20, 15, 15)
    image[105:115, 105:115] = (170, 60, 60)  # 0.3 %
    assert measure_shape(image, mask).colours == ("dark brown", "black")


def test_measures_hold_at_every_size():
    small = ellipse(30)
    large = cv2.resize(small.view(np.uint8), (3000, 3000), interpolation=cv2.INTER_NEAREST).view(bool)
    first, second = measure_shape(painted(small), small), measure_shape(painted(large), large)
    assert second.diameter_px == pytest.approx(5 * first.diameter_px, rel=0.01)
    assert second.border_irregularity == pytest.approx(first.border_irregularity, rel=0.01)
    assert second.area_fraction == pytest.approx(first.area_fraction)
