import cv2
import numpy as np
import pytest

from skinapp.imaging.quality import assess_quality, dark_corners, sharpness
from skinapp.results import Verdict

RNG = np.random.default_rng(0)
PLAIN = np.full((300, 400, 3), (200, 160, 140), np.uint8)
PLAIN = cv2.circle(PLAIN, (200, 150), 60, (120, 70, 50), -1)
GOOD = np.clip(PLAIN + RNG.normal(0, 6, (300, 400, 1)), 0, 255).astype(np.uint8)


def check(image, key):
    return {check.key: check for check in assess_quality(image).checks}[key]


def test_a_good_photograph():
    quality = assess_quality(GOOD)
    assert [c.key for c in quality.checks] == ["sharpness", "exposure", "glare", "size", "hair", "corners"]
    assert quality.verdict is Verdict.GOOD
    assert all(c.words and not c.advice for c in quality.checks)


@pytest.mark.parametrize("scale", [1, 3])
def test_blur(scale):
    image = cv2.resize(GOOD, None, fx=scale, fy=scale)
    blurred = cv2.GaussianBlur(image, (0, 0), 5 * scale)
    assert check(image, "sharpness").verdict is Verdict.GOOD
    found = check(blurred, "sharpness")
    assert found.verdict is Verdict.POOR and found.words == "blurred" and found.advice


def test_sharpness_falls_with_every_blur_and_ignores_contrast():
    values = [sharpness(cv2.GaussianBlur(GOOD, (0, 0), s)) for s in (0.5, 1, 2)]
    assert sharpness(GOOD) > values[0] > values[1] > values[2]
    assert sharpness(GOOD // 2) == pytest.approx(sharpness(GOOD), abs=0.03)
    assert sharpness(PLAIN[:20, :20]) == 0


def test_exposure():
    assert check((GOOD * 0.5).astype(np.uint8), "exposure").verdict is not Verdict.POOR
    dark = check((GOOD * 0.2).astype(np.uint8), "exposure")
    assert (dark.verdict, dark.words) == (Verdict.POOR, "too dark")
    burnt = GOOD.copy()
    burnt[:100] = 255
    bright = check(burnt, "exposure")
    assert (bright.verdict, bright.words) == (Verdict.POOR, "too bright")
    assert check(GOOD, "exposure").unit == "L*"


def test_glare_is_spots_and_not_bright_skin():
    spots = GOOD.copy()
    for column in range(50, 400, 60):
        cv2.circle(spots, (column, 100), 12, (250, 250, 250), -1)
    assert check(spots, "glare").verdict is Verdict.FAIR
    assert check(np.full_like(GOOD, 240), "glare").verdict is Verdict.GOOD


@pytest.mark.parametrize(
    ("height", "verdict"),
    [(224, Verdict.GOOD), (223, Verdict.FAIR), (128, Verdict.FAIR), (127, Verdict.POOR)],
)
def test_size(height, verdict):
    assert check(GOOD[:height], "size").verdict is verdict
    assert check(GOOD[:height], "size").value == height


def test_hair():
    hairy = GOOD.copy()
    for column in range(0, 400, 20):
        cv2.line(hairy, (column, 0), (column + 30, 299), (40, 25, 20), 3)
    assert check(hairy, "hair").verdict is Verdict.POOR


def test_dark_corners_do_not_count_as_darkness():
    rows, columns = np.mgrid[:300, :400]
    outside = np.hypot(rows - 150, columns - 200) > 140
    framed = np.where(outside[..., None], 8, GOOD).astype(np.uint8)
    assert np.array_equal(dark_corners(framed), outside)
    found = check(framed, "corners")
    assert found.verdict is Verdict.POOR and found.value == pytest.approx(outside.mean(), abs=0.02)
    assert check(framed, "exposure").value == pytest.approx(check(GOOD, "exposure").value, abs=4)


def test_a_dark_lesion_is_no_corner():
    assert not dark_corners(cv2.circle(GOOD.copy(), (200, 150), 80, (20, 15, 15), -1)).any()


def test_black_photograph():
    quality = assess_quality(np.zeros((300, 300, 3), np.uint8))
    assert quality.verdict is Verdict.POOR
