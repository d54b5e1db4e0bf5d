from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_sample_images

from skinapp.engine.torch_engine import TorchEngine
from skinapp.imaging.decoys import DECOYS, draw_decoy
from skinapp.imaging.synthetic import GALLERY, draw_lesion
from skinapp.labels import BINARY_CODES, HAM7_CODES
from skinapp.models.cases import Cases
from skinapp.models.texture import TextureSpace
from skinapp.results import (
    Alarm,
    Analysis,
    Caution,
    Likeness,
    ModelUse,
    Photograph,
    Prediction,
    Quality,
    SimilarCase,
)
from skinapp.services.analyze import likeness_of
from skinapp.services.caution import (
    GATEKEEPER,
    Bounds,
    Gate,
    case_picture,
    caution_of,
    load_bounds,
    load_gate,
    possible_classes,
    similar_cases,
    with_class,
)
from skinapp.settings import PROJECT_DIR

USE = ModelUse("stub", "0" * 64, "nowhere", 0.0)


def prediction(features=(1.0, 0.0, 0.0), **probs):
    row = np.array([probs.get(code, 0.0) for code in HAM7_CODES], np.float32)
    return Prediction(HAM7_CODES, row, np.zeros((7, 0, 0), np.float32), USE, np.array(features, np.float32))


@pytest.fixture
def cases():
    """Five photographs of four lesions on a plane in space."""
    angles = np.array([0.0, 0.1, 0.5, 1.0, 3.0])
    return Cases(
        ids=np.array(["A1", "A2", "B1", "C1", "D1"]),
        lesions=np.array(["A", "A", "B", "C", "D"]),
        targets=np.array([4, 4, 5, 4, 0]),
        vectors=np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32),
        mean=np.zeros(3, np.float32),
        axes=np.eye(3, 2, dtype=np.float32),
    )


@pytest.fixture
def space():
    """Skin lies on a plane; phones to the left."""
    return TextureSpace(np.zeros(3), np.ones(3), np.eye(3, 2), np.array([-1.0, 0, 0]))


def promised(at_90, at_95=0.95, **of_classes):
    """A record of lists for 90 and 95 %; ``of_classes`` are thresholds for 90 % that differ."""
    known = {"0.9": dict.fromkeys(HAM7_CODES, at_90) | of_classes, "0.95": dict.fromkeys(HAM7_CODES, at_95)}
    return {"prediction_sets": {coverage: {"thresholds": levels} for coverage, levels in known.items()}}


def test_classes_are_kept_until_those_above_weigh_more_than_the_threshold():
    known, record = prediction(nv=0.7, mel=0.2, bkl=0.1), promised(0.75, 0.95)
    assert possible_classes(known, record, 0.9) == ("nv", "mel")
    assert possible_classes(known, record, 0.95)[:3] == ("nv", "mel", "bkl")


def test_each_class_has_a_threshold_of_its_own():
    known = prediction(nv=0.7, mel=0.2, bkl=0.1)
    assert possible_classes(known, promised(0.0, mel=0.65, bkl=0.95), 0.9) == ("nv", "bkl")


def test_without_a_threshold_no_set_is_claimed():
    assert possible_classes(prediction(nv=1.0), {}, 0.9) == ()


def test_similar_lesions_come_once_and_in_order(cases):
    found = similar_cases(prediction(), cases, count=3)
    assert [case.lesion_id for case in found] == ["A", "B", "C"]
    assert found[0] == SimilarCase("A1", "A", HAM7_CODES[4], 0.0)
    assert [case.is_the_same for case in found] == [True, False, False]
    assert found[1].distance == pytest.approx(2 * np.sin(0.25), abs=1e-6)


def test_two_classes_show_the_diagnoses_of_their_similar_cases(cases):
    two = replace(prediction(), codes=BINARY_CODES, probs=np.array([0.4, 0.6], np.float32))
    found = similar_cases(two, cases)
    assert [case.code for case in found] == [HAM7_CODES[index] for index in (4, 5, 4, 0)]


def test_fewer_lesions_than_asked_for_are_all(cases):
    assert [case.lesion_id for case in similar_cases(prediction(), cases)] == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    ("texture", "expected"),
    [
        ((1.0, 0.0, 0.5), Likeness.DERMOSCOPY),
        ((-1.0, 0.0, 0.5), Likeness.OTHER),
        ((1.0, 0.0, 2.0), Likeness.NONE),  # off the plane of all skin
        ((-1.0, 0.0, 2.0), Likeness.NONE),
    ],
)
def test_what_a_picture_is_like(space, texture, expected):
    assert Gate(space, 1.0, 0.5).likeness(np.array(texture)) is expected


def test_without_phones_to_learn_from_nothing_is_called_other(space):
    gate = Gate(replace(space, phone=None), 1.0)
    assert gate.likeness(np.array([-1.0, 0, 0])) is Likeness.DERMOSCOPY


@pytest.mark.parametrize(("prob", "is_reached"), [(0.6, False), (0.625, True), (0.7, True)])
def test_two_classes_tell_whether_their_alarm_level_is_reached(cases, prob, is_reached):
    probs = np.array([1 - prob, prob])
    two = replace(prediction(), codes=BINARY_CODES, probs=probs)
    alarm = {"threshold": 0.625, "test_sensitivity": 0.8, "test_specificity": 0.75}
    assert caution_of(two, Bounds(cases, {"alarm": alarm}), None).alarm == Alarm(0.625, is_reached)
    assert caution_of(two, Bounds(cases, {}), None).alarm is None


def test_without_a_gatekeeper_there_is_no_gate(weights_dir, tmp_path):
    assert load_gate(tmp_path) is None
    assert load_gate(weights_dir) is None  # installed, and nothing fitted for it


@pytest.fixture
def analysis():
    image = np.zeros((64, 64, 3), np.uint8)
    return Analysis(Photograph("arm.png", image, "0" * 64), Quality(()), image, (), 0.5)


@pytest.mark.parametrize("has_bounds", [True, False])
def test_a_strange_picture_gets_no_answer_unless_the_visitor_insists(cases, analysis, has_bounds):
    analysis = replace(analysis, shape=object())
    bounds, strange = Bounds(cases, {}) if has_bounds else None, prediction(nv=1.0)
    refused, insisted = (with_class(analysis, strange, bounds, Likeness.NONE, word) for word in (False, True))
    assert refused.prediction is refused.shape is None and refused.is_refused
    assert insisted.prediction is strange and not insisted.is_refused
    assert insisted.shape is analysis.shape
    assert refused.caution == Caution(Likeness.NONE, (), ())
    assert insisted.caution == caution_of(strange, bounds, Likeness.NONE)
    assert bool(insisted.caution.similar) is has_bounds


def test_a_familiar_picture_and_one_that_nothing_was_fitted_for_get_their_class(cases, analysis):
    known = prediction(nv=1.0)
    assert with_class(analysis, known, Bounds(cases, {}), Likeness.DERMOSCOPY).prediction is known
    unbound = with_class(analysis, known, None, None)
    assert unbound.prediction is known and unbound.caution is None and not unbound.is_refused


def test_a_model_for_which_nothing_was_fitted_has_no_bounds(weights_dir):
    assert load_bounds("tiny-ham7", weights_dir) is None


@pytest.fixture(scope="module")
def shipped():
    """The engine and the gate with the shipped weights."""
    weights = PROJECT_DIR / "weights"
    return TorchEngine(weights, device="cpu"), load_gate(weights)


@pytest.mark.parametrize("name", [GATEKEEPER, "resnet50-vgg-binary"])
def test_the_gate_hears_of_a_picture_whichever_classifier_saw_it(shipped, name):
    engine, gate = shipped
    image = draw_decoy("document", 900)
    seen = engine.classify(name, image, explain=False)
    assert likeness_of(image, seen, gate, engine) is Likeness.NONE
    assert likeness_of(image, None, gate, engine) is Likeness.NONE


@pytest.mark.parametrize("kind", DECOYS)
def test_what_is_no_skin_is_refused(shipped, kind):
    engine, gate = shipped
    for seed in range(900, 904):  # seeds that calibration does not draw
        assert likeness_of(draw_decoy(kind, seed), None, gate, engine) is Likeness.NONE


@pytest.mark.parametrize("part", [slice(None), slice(100, 300)])
def test_real_photographs_of_other_things_are_refused(shipped, part):
    """A temple and a flower, whole and a part of each."""
    engine, gate = shipped
    for image in load_sample_images().images:
        seen = np.ascontiguousarray(image[part, part])
        assert likeness_of(seen, None, gate, engine) is Likeness.NONE


@pytest.mark.parametrize(("seed", "words"), GALLERY)
def test_lesions_drawn_for_the_gallery_are_let_pass(shipped, seed, words):
    engine, gate = shipped
    assert likeness_of(draw_lesion(seed, 450, 600)[0], None, gate, engine) is not Likeness.NONE


@pytest.mark.parametrize(
    "name",
    [
        "mobilenetv2-ham7",
        "vit-ham7",
        "resnet50-over",
        "densenet169-under",
        "inceptionv3-ham7",
        "clipvit-ham7",
        "committee-ham7",
        "resnet50-vgg-binary",
    ],
)
def test_every_shipped_classifier_says_how_far_to_trust_it(name):
    weights = PROJECT_DIR / "weights"
    answer = TorchEngine(weights, device="cpu").classify(name, draw_lesion(23, 150, 200)[0], explain=False)
    caution = caution_of(answer, load_bounds(name, weights), None)
    assert [known.coverage for known in caution.possible] == [0.9, 0.95]
    assert len({case.lesion_id for case in caution.similar}) == 5
    assert {case.code for case in caution.similar} <= set(HAM7_CODES)


def test_pictures_of_cases_come_from_the_dataset_where_it_is_at_hand(data_dir, tmp_path):
    known = SimilarCase("Hnv0", "Lnv0", "nv", 0.1)
    assert case_picture(known.image_id, data_dir).shape == (64, 64, 3)
    assert case_picture(known.image_id, tmp_path / "nowhere") is None
