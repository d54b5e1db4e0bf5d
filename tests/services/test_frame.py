"""One camera frame and the advice for it."""

import cv2
import numpy as np
import pytest

from skinapp.imaging.synthetic import draw_lesion, draw_skin
from skinapp.labels import HAM7_CODES
from skinapp.results import Likeness, ModelUse, Outline, Prediction
from skinapp.services import frame
from skinapp.services.frame import Advice, LiveChoices, analyze_frame

USE = ModelUse("known", "0" * 64, "CPU", 0.0)
SEED = 27  # small and even


class KnownEngine:
    """Finds exactly ``mask``; calls everything a nevus."""

    def __init__(self, mask):
        self.mask = mask
        self.explained = []

    def segment(self, name, image):
        small = cv2.resize(self.mask.astype(np.float32), (192, 192), interpolation=cv2.INTER_AREA)
        return Outline(small, USE)

    def classify(self, name, image, explain=True, top_only=False):
        self.explained.append(explain)
        probs = np.full(7, 0.05, np.float32)
        probs[HAM7_CODES.index("nv")] = 0.7
        side = 7 if explain else 0
        return Prediction(HAM7_CODES, probs, np.ones((7, side, side), np.float32), USE)


IMAGE, MASK = draw_lesion(SEED, 480, 640)
BOTH = LiveChoices("outline", "class")


def advice(image, mask=MASK):
    return analyze_frame(image, BOTH, KnownEngine(mask)).advice


def disc(radius, centre=(240, 320)):
    rows, columns = np.mgrid[:480, :640]
    return (rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 <= radius**2


def test_a_good_frame_needs_no_advice():
    result = analyze_frame(IMAGE, BOTH, KnownEngine(MASK))
    assert result.advice is Advice.NONE
    assert result.area_fraction == pytest.approx(MASK.mean(), rel=0.05)
    assert result.codes[int(result.probs.argmax())] == "nv"


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda image: image // 6, Advice.TOO_DARK),
        (lambda image: np.clip(image.astype(int) + 140, 0, 255).astype(np.uint8), Advice.TOO_BRIGHT),
        (lambda image: cv2.GaussianBlur(image, (0, 0), 7), Advice.HOLD_STILL),
    ],
)
def test_a_spoilt_frame_is_told(spoil, expected):
    assert advice(spoil(IMAGE)) is expected


@pytest.mark.parametrize(
    ("level", "patch", "share", "expected"),
    [(80, 255, 0.14, Advice.TOO_BRIGHT), (190, 0, 0.12, Advice.TOO_DARK)],
)
def test_what_is_clipped_tells_which_way_the_light_errs(level, patch, share, expected):
    """Though the mean says the contrary."""
    image = np.full((240, 320, 3), level, np.uint8)
    image[60:180, 100 : 100 + round(share * 2 * 320)] = patch
    assert advice(image, np.ones((240, 320), bool)) is expected


def test_glare_is_told():
    spotted = IMAGE.copy()
    for row, column in np.random.default_rng(0).integers(40, 440, (60, 2)):
        cv2.circle(spotted, (int(column), int(row)), 9, (255, 255, 255), -1)
    assert advice(spotted) is Advice.GLARE


def test_an_empty_view_is_told():
    skin, nothing = draw_skin(SEED, 480, 640)
    assert advice(skin, nothing) is Advice.NO_LESION


def test_an_outline_on_plain_skin_is_none():
    skin, _nothing = draw_skin(SEED, 480, 640)
    result = analyze_frame(skin, BOTH, KnownEngine(MASK))
    assert (result.advice, result.borders, result.area_fraction) == (Advice.NO_LESION, (), 0.0)


def test_darkness_comes_before_the_lesion_that_it_hides():
    assert advice(IMAGE // 6, np.zeros_like(MASK)) is Advice.TOO_DARK


def test_a_small_lesion_is_too_far_and_a_cut_one_not_in_view():
    for mask, expected in ((disc(30), Advice.MOVE_CLOSER), (disc(150, (240, 20)), Advice.CENTRE)):
        image, _nothing = draw_skin(SEED, 480, 640)
        image[mask] //= 2
        assert advice(image, mask) is expected


def test_a_good_frame_of_something_unknown_says_so(monkeypatch):
    engine, gate = KnownEngine(MASK), object()
    choices = LiveChoices("outline", "class", gate=gate)
    for kind in Likeness:
        expected = Advice.UNKNOWN if kind is Likeness.NONE else Advice.NONE
        monkeypatch.setattr(frame, "likeness_of", lambda *_seen, kind=kind: kind)
        result = analyze_frame(IMAGE, choices, engine)
        assert result.advice is expected
        assert (result.probs is None) == (result.codes == ()) == (expected is Advice.UNKNOWN)
        assert result.is_dermoscopy is (kind is not Likeness.OTHER)
    assert analyze_frame(IMAGE // 6, choices, engine).advice is Advice.TOO_DARK


def test_maps_are_made_only_where_they_are_shown():
    engine = KnownEngine(MASK)
    assert analyze_frame(IMAGE, BOTH, engine).heatmap is None
    assert analyze_frame(IMAGE, LiveChoices("outline", "class", True), engine).heatmap.shape == (7, 7)
    assert engine.explained == [False, True]


def test_models_that_are_not_there_are_left_out():
    result = analyze_frame(IMAGE, LiveChoices(None, None), KnownEngine(MASK))
    assert (result.borders, result.probs, result.advice) == ((), None, Advice.NONE)


@pytest.mark.parametrize("shape", [(1, 1), (2160, 3840), (1280, 720), (1, 900)])
def test_odd_sizes_are_analyzed(shape):
    image = cv2.resize(IMAGE, shape[::-1])
    result = analyze_frame(image, BOTH, KnownEngine(np.zeros(shape, bool)))
    assert result.advice in tuple(Advice)


def test_every_advice_has_words():
    assert all(known.words for known in Advice if known is not Advice.NONE)
