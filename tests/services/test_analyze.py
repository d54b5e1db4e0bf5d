import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from skinapp.engine.torch_engine import TorchEngine
from skinapp.imaging.cleaning import clean
from skinapp.imaging.synthetic import draw_lesion
from skinapp.labels import HAM7_CODES
from skinapp.results import ModelUse, Outline, Photograph, Prediction
from skinapp.services.analyze import (
    Choices,
    analyze,
    class_steps,
    heat_share,
    map_faithfulness,
    mm_per_px_of,
)
from skinapp.services.report import results_json

USE = ModelUse("stub", "0" * 64, "nowhere", 0.0)


class Stub:
    """An engine that knows the outline and counts what it is asked."""

    def __init__(self, prob_map):
        self.prob_map, self.seen = prob_map, []

    def segment(self, name, image):
        self.seen.append(image)
        return Outline(self.prob_map, USE)

    def classify(self, name, image, mirrored=False, patient=None):
        self.seen.append(image)
        probs = np.array([0.1, 0.2, 0.05, 0.05, 0.3, 0.25, 0.05], np.float32)
        return Prediction(HAM7_CODES, probs, np.zeros((7, 4, 4), np.float32), USE)


@pytest.fixture
def photograph():
    return Photograph("arm.jpg", draw_lesion(2, 120, 160)[0], "ab" * 32)


def with_hair(photograph):
    image = photograph.image.copy()
    cv2.line(image, (5, 110), (150, 12), (20, 15, 10), 1)
    return replace(photograph, image=image)


def square_prob(side=64):
    prob_map = np.zeros((side, side), np.float32)
    prob_map[16:48, 16:48] = 0.9
    return prob_map


def test_a_lesion_is_outlined_measured_and_named(photograph):
    analysis = analyze(photograph, Choices("unet", "net", mm_per_px=0.1), Stub(square_prob()))
    assert analysis.lesion_found
    assert analysis.mask.shape == (120, 160)
    assert analysis.shape.area_fraction == pytest.approx(0.25, abs=0.02)
    assert analysis.shape.area_mm2 == pytest.approx(analysis.shape.area_px * 0.01)
    assert analysis.prediction.codes[analysis.prediction.top] == "mel"


def test_no_lesion_is_an_answer_without_measurements(photograph):
    analysis = analyze(photograph, Choices("unet", None), Stub(np.zeros((64, 64), np.float32)))
    assert not analysis.lesion_found
    assert not analysis.mask.any()
    assert analysis.shape is None
    assert analysis.prediction is None


def test_a_part_without_a_model_is_left_out(photograph):
    engine = Stub(square_prob())
    analysis = analyze(photograph, Choices(None, None), engine)
    assert (analysis.outline, analysis.mask, analysis.shape, analysis.prediction) == (None,) * 4
    assert engine.seen == []


def test_models_see_the_cleaned_image_and_the_photograph_stays(photograph):
    engine, hairy = Stub(square_prob()), with_hair(photograph)
    before = hairy.image.copy()
    analysis = analyze(hairy, Choices("unet", "net", cleaning=("hair",)), engine)
    assert all(np.array_equal(seen, analysis.cleaned) for seen in engine.seen) and len(engine.seen) == 2
    assert not np.array_equal(analysis.cleaned, before)
    assert np.array_equal(hairy.image, before)


@pytest.mark.parametrize("steps", [("clahe",), ("colour",), ("hair", "clahe", "colour")])
def test_classes_are_read_from_the_colours_that_the_classifiers_learnt(photograph, steps):
    engine, hairy = Stub(square_prob()), with_hair(photograph)
    analysis = analyze(hairy, Choices("unet", "net", cleaning=steps), engine)
    outlined, named = engine.seen
    assert np.array_equal(outlined, clean(hairy.image, steps)) and analysis.cleaned is outlined
    assert np.array_equal(named, clean(hairy.image, class_steps(steps))) and analysis.class_image is named
    assert not np.array_equal(named, outlined)
    (record,) = json.loads(results_json([analysis]))
    assert record["cleaning"] == list(steps)
    assert record["classes"]["cleaning"] == [step for step in steps if step == "hair"]


def test_the_threshold_decides_the_mask(photograph):
    low = analyze(photograph, Choices("unet", None, threshold=0.5), Stub(square_prob()))
    high = analyze(photograph, Choices("unet", None, threshold=0.95), Stub(square_prob()))
    assert low.lesion_found
    assert not high.lesion_found


def test_suspicious_is_the_sum_over_malignant_and_premalignant_classes():
    prediction = Stub(None).classify("", None)
    assert prediction.suspicious_prob == pytest.approx(0.1 + 0.2 + 0.3)  # akiec, bcc, mel


def test_heat_share_of_hand_made_maps():
    mask = np.array([[True, False]])
    assert heat_share(np.array([[3.0, 1.0]], np.float32), mask) == pytest.approx(0.75)
    assert heat_share(np.zeros((1, 2), np.float32), mask) is None
    assert heat_share(np.ones((1, 2), np.float32), np.zeros((1, 2), bool)) is None


def test_scale_from_the_width_of_the_frame():
    image = np.zeros((10, 200, 3), np.uint8)
    assert mm_per_px_of(20.0, image) == pytest.approx(0.1)
    assert mm_per_px_of(None, image) is None


def test_with_the_real_engine(photograph, weights_dir):
    engine = TorchEngine(weights_dir, device="cpu")
    analysis = analyze(photograph, Choices("tiny-unet", "tiny-ham7"), engine)
    assert analysis.prediction.probs.sum() == pytest.approx(1, abs=1e-5)
    assert analysis.mask.shape == photograph.image.shape[:2]


class BrightCorner(Stub):
    """Its second class is as probable as the upper left corner is bright."""

    def classify(self, name, image, explain=True, mirrored=False, patient=None):
        height, width = image.shape[:2]
        bright = image[: height // 4, : width // 4].mean() / 255
        probs = np.array([1 - bright, bright, 0, 0, 0, 0, 0], np.float32)
        return Prediction(HAM7_CODES, probs, np.zeros((7, 0, 0), np.float32), USE)


def test_a_map_of_what_counts_passes_its_test_and_another_fails():
    image = np.zeros((600, 600, 3), np.uint8)
    image[:150, :150] = 255
    heat = np.zeros((4, 4), np.float32)
    heat[0, 0] = 1
    right, wrong = (map_faithfulness(BrightCorner(None), "net", 1, image, each) for each in (heat, 1 - heat))
    assert right.deletion_area < 0.2 < 0.6 < wrong.deletion_area
    assert right.insertion_area > wrong.insertion_area
