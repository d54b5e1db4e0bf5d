"""Figures of the scorecard, with an engine whose answers are known."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from skinapp.data import ham10000, isic2018
from skinapp.data.pixels import read_mask
from skinapp.labels import BINARY_CODES, HAM7_CODES
from skinapp.models import registry
from skinapp.models.weights import save_checkpoint
from skinapp.results import ModelUse, Outline, Prediction
from skinapp.services.catalogue import listings
from skinapp.services.readme_tables import models_markdown
from skinapp.services.scorecard import evaluate
from skinapp.services.scoring.classes import (
    classification_figures,
    gains,
    suspicion,
    suspicion_intervals,
)
from skinapp.services.scoring.overview import scored_classifiers
from skinapp.services.scoring.tables import as_table, read_table, table_path
from skinapp.settings import settings

USE = ModelUse("known", "0" * 64, "CPU", 0.0)


class KnownEngine:
    """Calls every pixel of the left half lesion, and every photograph a nevus with probability 0.7."""

    def segment(self, name, image):
        prob_map = np.zeros((64, 64), np.float32)
        prob_map[:, :32] = 0.9
        return Outline(prob_map, USE)

    def classify(self, name, image, explain=True, patient=None):
        probs = np.full(7, 0.05, np.float32)
        probs[HAM7_CODES.index("nv")] = 0.7
        return Prediction(HAM7_CODES, probs, np.full((7, 2, 2), 3, np.float32), USE)

    def explain_outline(self, name, image):
        return np.full((2, 2), 4, np.float32)

    def explain_classes(self, name, image, method):
        return np.full((7, 2, 2), {"score-cam": 0.25}.get(method, 5), np.float32)


@pytest.fixture
def weights_dir(tmp_path):
    for name in ("tiny-unet", "tiny-ham7"):
        save_checkpoint(registry.entry(name).build(), name, tmp_path / "weights", {"parameters": 1})
    return tmp_path / "weights"


def test_segmentation_rows_and_means(data_dir, weights_dir):
    figures = evaluate("tiny-unet", data_dir, weights_dir, KnownEngine())
    left = np.zeros((64, 64), bool)
    left[:, :32] = True
    ious = []
    for key in ("P10", "P11"):
        truth = read_mask(data_dir / isic2018.FOLDER / isic2018.MASKS / f"{key}_segmentation.png")
        ious.append((left & truth).sum() / (left | truth).sum())
    assert figures["crop"]["n"] == 2
    assert figures["crop"]["iou"] == pytest.approx(np.mean(ious), abs=1e-4)
    with (weights_dir / "tiny-unet.test.csv").open() as file:
        table = list(csv.DictReader(file))
    rows = [row for row in table if row["frame"] == "crop"]
    assert [row["image_id"] for row in rows] == ["P10", "P11"]
    assert {row["dx"] for row in table if row["frame"] == "ham10000"} == set(HAM7_CODES)
    assert [float(row["iou"]) for row in rows] == pytest.approx(ious, abs=1e-4)
    record = json.loads((weights_dir / "tiny-unet.json").read_text())
    assert record["figures"]["crop"] == figures["crop"]
    assert record["reference_heat"] == 4


def test_classification_figures_are_kept_with_one_row_a_photograph(data_dir, weights_dir):
    figures = evaluate("tiny-ham7", data_dir, weights_dir, KnownEngine())
    assert figures["accuracy"] == pytest.approx(1 / 7, abs=1e-4)
    assert figures["balanced_accuracy"] == pytest.approx(1 / 7, abs=1e-4)
    assert figures["sensitivity"]["nv"] == 1
    assert figures["expected_calibration_error"] == pytest.approx(0.7 - 1 / 7, abs=1e-4)
    with (weights_dir / "tiny-ham7.test.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 7
    assert {row["lesion_id"] for row in rows} == {f"L{code}2" for code in HAM7_CODES}
    record = json.loads((weights_dir / "tiny-ham7.json").read_text())
    assert record["reference_heat"] == 3
    assert record["reference_heats"] == {"grad-cam++": 5, "hires-cam": 5, "score-cam": 0.25}


def test_validation_figures_are_returned_and_not_kept(data_dir, weights_dir):
    before = (weights_dir / "tiny-unet.json").read_text()
    assert evaluate("tiny-unet", data_dir, weights_dir, KnownEngine(), split="val")["crop"]["n"] == 2
    assert (weights_dir / "tiny-unet.json").read_text() == before
    assert not (weights_dir / "tiny-unet.test.csv").exists()


def test_every_test_row_of_ham10000_is_scored(data_dir, weights_dir):
    figures = evaluate("tiny-ham7", data_dir, weights_dir, KnownEngine())
    assert figures["n"] == len(ham10000.ham10000_samples(data_dir, "test"))


def test_figures_of_a_case_checked_by_hand():
    probs = np.array([[0.8, 0.2], [0.6, 0.4], [0.3, 0.7], [0.1, 0.9]])
    figures = classification_figures(probs, np.array([0, 1, 1, 1]), ("benign", "malignant"))
    assert figures["confusion_matrix"] == [[1, 0], [1, 2]]
    assert figures["accuracy"] == 0.75
    assert figures["balanced_accuracy"] == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
    assert figures["auc"] == {"benign": 1, "malignant": 1}


def test_a_model_that_cannot_be_explained_is_scored_without_a_heat_scale(data_dir, weights_dir, monkeypatch):
    card = replace(registry.card("tiny-ham7"), has_maps=False)
    monkeypatch.setitem(
        registry._entries, "tiny-ham7", registry.Entry(card, registry.entry("tiny-ham7").build)
    )
    assert evaluate("tiny-ham7", data_dir, weights_dir, KnownEngine())["n"] == 7
    record = json.loads((weights_dir / "tiny-ham7.json").read_text())
    assert "reference_heat" not in record and record["reference_heats"] == {}


def test_a_model_of_two_classes_is_scored_on_its_own_and_on_what_is_suspicious(data_dir, weights_dir):
    class Alarmed(KnownEngine):
        """Gives four alarms in seven, by the order of the photographs: the classes by their code."""

        def __init__(self):
            self.answers = iter([0.9, 0.8, 0.7, 0.2, 0.4, 0.6, 0.1] + 7 * [0.5])

        def classify(self, name, image, explain=True, patient=None):
            prob = next(self.answers, 0.5)
            probs = np.array([1 - prob, prob], np.float32)
            return Prediction(BINARY_CODES, probs, np.full((2, 2, 2), 3, np.float32), USE)

        def explain_classes(self, name, image, method):
            return np.full((2, 2, 2), 5, np.float32)

    save_checkpoint(registry.entry("tiny-binary").build(), "tiny-binary", weights_dir, {})
    figures = evaluate("tiny-binary", data_dir, weights_dir, Alarmed())
    # suspicious: akiec 0.9, bcc 0.8, mel 0.4; the others bkl 0.7, df 0.2, nv 0.6, vasc 0.1
    assert figures["confusion_matrix"] == [[2, 2], [1, 2]]
    assert figures["sensitivity"] == {"benign": 0.5, "malignant": pytest.approx(2 / 3, abs=1e-4)}
    assert figures["at_thresholds"]["malignant"]["0.3"] == {"sensitivity": 1.0, "specificity": 0.5}
    table = read_table(table_path("tiny-binary", weights_dir))
    assert sorted(table.words("dx")) == sorted(HAM7_CODES)
    scores, positives = suspicion(table)
    assert scores[positives].tolist() == pytest.approx([0.9, 0.8, 0.4])
    known = suspicion_intervals(table)
    assert known["suspicion_auc"].value == pytest.approx(10 / 12)
    assert known["suspicion_sensitivity"].value == pytest.approx(2 / 3)
    assert known["suspicion_specificity"].value == pytest.approx(1 / 2)


def test_a_model_of_seven_classes_is_suspicious_by_the_sum():
    probs = dict(zip(HAM7_CODES, (0.1, 0.2, 0.1, 0.0, 0.3, 0.2, 0.1), strict=True))
    table = as_table([{"image_id": "a", "dx": "akiec"} | probs, {"image_id": "b", "dx": "nv"} | probs])
    scores, positives = suspicion(table)
    assert scores.tolist() == pytest.approx([0.6, 0.6])
    assert positives.tolist() == [True, False]


def test_the_gain_from_all_wrong_to_all_right_is_certain():
    targets = np.repeat([0, 1], 10)
    right = np.where(np.arange(2) == targets[:, None], 0.9, 0.1)
    known = gains(right, 1 - right, targets)
    assert known["accuracy"] == known["balanced_accuracy"] == [1, 1, 1]
    assert known["expected_calibration_error"][0] == pytest.approx(0.1 - 0.9)
    assert all(gain == [0, 0, 0] for gain in gains(right, right, targets).values())


def test_a_gain_has_the_interval_of_the_difference():
    """One of ten answers gets right: the resamples differ in how often they draw it."""
    targets = np.repeat([0, 1], 5)
    right = np.where(np.arange(2) == targets[:, None], 0.9, 0.1)
    before = right.copy()
    before[0] = before[0][::-1]
    value, low, high = gains(right, before, targets)["accuracy"]
    assert (value, low) == (0.1, 0)
    assert 0.2 <= high <= 0.4


def test_a_model_with_metadata_is_scored_with_and_without_it(data_dir, weights_dir):
    class Listening(KnownEngine):
        """Hears the sex and answers melanoma to women."""

        def classify(self, name, image, explain=True, patient=None):
            prediction = super().classify(name, image, explain)
            told = patient is not None and patient.sex == "female"
            return replace(prediction, probs=np.roll(prediction.probs, -1)) if told else prediction

    save_checkpoint(registry.entry("tiny-ham7-meta").build(), "tiny-ham7-meta", weights_dir, {})
    table = data_dir / "ham10000" / "HAM10000_metadata.csv"
    lines = table.read_text().splitlines()
    told = [f"{line},{'female' if ',mel,' in line else 'male'}" for line in lines[1:]]
    table.write_text("\n".join([f"{lines[0]},sex", *told]) + "\n")
    figures = evaluate("tiny-ham7-meta", data_dir, weights_dir, Listening())
    assert figures["accuracy"] == pytest.approx(2 / 7, abs=1e-4)
    assert figures["gain_of_metadata"]["accuracy"][0] == pytest.approx(1 / 7, abs=1e-4)


def test_a_model_of_the_hub_is_scored_where_its_row_is_read(data_dir, weights_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("SKINAPP_CACHE", str(tmp_path / "cache"))
    settings.cache_clear()
    known, hub = registry.entry("tiny-ham7"), registry.card("swin2sr-x4").hub
    card = replace(known.card, name="hub-tiny", hub=hub, for_tests=False)
    monkeypatch.setitem(registry._entries, card.name, registry.Entry(card, known.build))
    save_checkpoint(known.build(), card.name, weights_dir, {})
    evaluate(card.name, data_dir, weights_dir, KnownEngine())
    assert [model.name for model in scored_classifiers(weights_dir)] == [card.name]
    assert table_path(card.name, weights_dir).parent == settings().fetched_dir
    monkeypatch.undo()
    settings.cache_clear()


def test_models_without_weights_are_said_to_be_missing(tmp_path):
    assert not any(model.installed for model in listings(tmp_path))
    assert models_markdown(tmp_path).count("not installed") == len(registry.names())
