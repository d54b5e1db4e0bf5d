import json
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest

from skinapp.data import ham10000
from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.pixels import read_image
from skinapp.labels import BINARY_CODES, HAM7_CODES
from skinapp.models.cases import load_cases
from skinapp.models.weights import find_checkpoint, record_path, weights_path
from skinapp.patient import UNKNOWN
from skinapp.results import ModelUse, Prediction
from skinapp.services import calibrate as calibration
from skinapp.services import gatekeeping
from skinapp.services.calibrate import calibrate

NAME = "mobilenetv2-ham7"


class ColourEngine:
    """Its features are the colours of sixteen fields, its favourite class follows their mean."""

    def classify(self, name, image, explain=True, patient=None):
        features = cv2.resize(image, (4, 4), interpolation=cv2.INTER_AREA).astype(np.float32).ravel() / 255
        probs = np.roll(np.array([0.7, 0.2, 0.1, 0, 0, 0, 0], np.float32), int(100 * features.mean()) % 7)
        use = ModelUse(name, "0" * 64, "nowhere", 0.0)
        return Prediction(HAM7_CODES, probs, np.zeros((7, 0, 0), np.float32), use, features, features)


@pytest.fixture
def own_weights(weights_dir, tmp_path):
    """The classifier alone, in a folder that may be written to."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for path in (weights_path(NAME, weights_dir), record_path(NAME, weights_dir)):
        shutil.copy(path, folder)
    return folder


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few pictures, and fewer axes than the few photographs span."""
    monkeypatch.setattr(calibration, "AXES", 3)
    monkeypatch.setattr(gatekeeping, "AXES", 3)
    monkeypatch.setattr(gatekeeping, "OF_EACH_KIND", 2)


def test_everything_is_fitted_and_kept(data_dir, own_weights):
    before = find_checkpoint(NAME, own_weights).record
    known = calibrate(NAME, data_dir, own_weights, ColourEngine())
    record = find_checkpoint(NAME, own_weights).record
    assert record == before | json.loads(json.dumps(known))

    cases = load_cases(NAME, own_weights, record)
    samples = ham10000_samples(data_dir, "train")
    assert cases.ids.tolist() == [sample.key for sample in samples]
    assert cases.targets.tolist() == [sample.target for sample in samples]
    features = np.stack([ColourEngine().classify(NAME, read_image(s.image)).features for s in samples])
    assert cases.nearest(features, 1)[1][:, 0].tolist() == list(range(len(samples)))

    assert set(known) == {"cases", "prediction_sets", "gate"}
    assert set(known["prediction_sets"]) == {"0.9", "0.95"}


def test_an_interruption_leaves_what_was_fitted_before(data_dir, own_weights, monkeypatch):
    calibrate(NAME, data_dir, own_weights, ColourEngine())
    before = {path.name: path.read_bytes() for path in own_weights.iterdir()}

    def stop(*_):
        raise KeyboardInterrupt

    for module in (calibration, gatekeeping):
        monkeypatch.setattr(module, "AXES", 2)  # other files than before
    monkeypatch.setattr(gatekeeping, "_drawn", stop)
    with pytest.raises(KeyboardInterrupt):
        calibrate(NAME, data_dir, own_weights, ColourEngine())
    assert {path.name: path.read_bytes() for path in own_weights.iterdir()} == before


def test_common_classes_have_promises_of_their_own(data_dir, own_weights, monkeypatch):
    monkeypatch.setattr(
        calibration, "conformal_thresholds", lambda _probs, _targets, _coverage, groups: np.array(groups)
    )
    known = calibrate(NAME, data_dir, own_weights, ColourEngine())["prediction_sets"]["0.9"]["thresholds"]
    assert tuple(known) == HAM7_CODES
    assert known["akiec"] == known["bcc"] and known["bkl"] == known["df"] == known["vasc"]
    assert len({known[code] for code in ("nv", "mel", "bcc", "bkl")}) == 4


def test_test_rows_move_no_limit(data_dir, own_weights):
    first = calibrate(NAME, data_dir, own_weights, ColourEngine())
    for sample in ham10000_samples(data_dir, "test"):
        cv2.imwrite(str(sample.image), np.full((64, 64, 3), (255, 0, 0), np.uint8))
    second = calibrate(NAME, data_dir, own_weights, ColourEngine())
    assert first["cases"] == second["cases"]
    for fitted in ("sha256", "refuse_over"):
        assert first["gate"][fitted] == second["gate"][fitted]
    assert first["gate"]["dermoscopy"] != second["gate"]["dermoscopy"]
    thresholds = [
        [one["thresholds"] for one in known["prediction_sets"].values()] for known in (first, second)
    ]
    assert thresholds[0] == thresholds[1]


class AlarmedEngine(ColourEngine):
    """The darker a photograph, the more alarmed."""

    def classify(self, name, image, explain=True, patient=None):
        alarm = 1 - np.float32(image.mean() / 255)
        answer = super().classify(name, image)
        return replace(answer, codes=BINARY_CODES, probs=np.array([1 - alarm, alarm], np.float32))


def rates(levels, threshold):
    """Sensitivity and specificity of (level, malignant) pairs, counted one by one."""
    right = {True: [], False: []}
    for level, malignant in levels:
        right[malignant].append((level >= threshold) == malignant)
    return np.mean(right[True]), np.mean(right[False])


def test_the_alarm_of_two_classes_leaves_room_above_its_aim(data_dir, weights_dir, tmp_path):
    name = "tiny-binary"
    for path in (weights_path(name, weights_dir), record_path(name, weights_dir)):
        shutil.copy(path, tmp_path)
    fitted = calibrate(name, data_dir, tmp_path, AlarmedEngine())
    assert set(fitted["prediction_sets"]["0.9"]["thresholds"]) == set(BINARY_CODES)
    alarm = fitted["alarm"]
    levels = {
        split: [
            (1 - read_image(row.image).mean() / 255, HAM7_CODES[row.target] in ("mel", "bcc", "akiec"))
            for row in ham10000_samples(data_dir, split)
        ]
        for split in ("val", "test")
    }

    def room(threshold):
        sensitivity, specificity = rates(levels["val"], threshold)
        return min(sensitivity - 0.80, specificity - 0.75)

    best = max(room(level) for level, _malignant in levels["val"])
    assert room(alarm["threshold"] - 1e-5) == pytest.approx(best)
    expected = rates(levels["test"], alarm["threshold"] - 1e-5)
    assert (alarm["test_sensitivity"], alarm["test_specificity"]) == pytest.approx(expected, abs=1e-4)


def test_only_the_gatekeeper_learns_what_to_refuse(data_dir, weights_dir, tmp_path):
    name = "mobilenetv2-ham7-meta"
    folder = tmp_path / "weights"
    folder.mkdir()
    for path in (weights_path(name, weights_dir), record_path(name, weights_dir)):
        shutil.copy(path, folder)
    known = calibrate(name, data_dir, folder, ColourEngine())
    assert set(known) == {"cases", "prediction_sets"}


class ToldEngine(ColourEngine):
    """Sure of a lesion's class where it is told whose it is; else it takes everything for a nevus."""

    def classify(self, name, image, explain=True, patient=UNKNOWN):
        colours = {read_image(row.image).tobytes(): row.target for row in self.rows}
        index = colours[image.tobytes()] if patient.is_known else HAM7_CODES.index("nv")
        probs = np.full(7, 0.01, np.float32)
        probs[index] = 0.94
        return replace(super().classify(name, image), probs=probs)


def test_what_lists_hold_without_the_patients_facts_is_told_of_those_who_hear_them(
    data_dir, weights_dir, tmp_path, monkeypatch
):
    monkeypatch.setattr(calibration, "conformal_thresholds", lambda *_given: np.full(7, 0.5))
    name = "mobilenetv2-ham7-meta"
    for path in (weights_path(name, weights_dir), record_path(name, weights_dir)):
        shutil.copy(path, tmp_path)
    table = data_dir / ham10000.FOLDER / "HAM10000_metadata.csv"
    first, *rows = table.read_text().splitlines()
    table.write_text("\n".join([f"{first},age,sex,localization", *(f"{row},50,male,back" for row in rows)]))
    engine = ToldEngine()
    engine.rows = [row for split in ("train", "val", "test") for row in ham10000_samples(data_dir, split)]
    for known in calibrate(name, data_dir, tmp_path, engine)["prediction_sets"].values():
        assert known["test_coverage"] == 1
        assert known["test_coverage_untold"] == round(1 / 7, 4)  # of seven photographs the nevus
