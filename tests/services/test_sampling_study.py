"""Paper B's grid on three drawn classes with two photographs a lesion; the engine's answers are known."""

import csv
from dataclasses import replace

import cv2
import numpy as np
import pytest

from skinapp.data.ham10000 import ham10000_samples
from skinapp.labels import HAM7_CODES
from skinapp.metrics.bootstrap import Interval
from skinapp.models import registry
from skinapp.models.card import Sampling
from skinapp.models.weights import find_checkpoint
from skinapp.results import ModelUse, Prediction
from skinapp.services import sampling_study
from skinapp.services.sampling_study import Run, all_runs, study
from skinapp.services.scoring.sampling import StudyRow, flattery, study_rows
from skinapp.training.task import DataChoice
from skinapp.training.trainer import RunOptions
from tests.conftest import disc

SIZES = {"nv": 100, "mel": 50, "bcc": 50}


class AlwaysNevus:
    def classify(self, name, image, explain=True, patient=None):
        probs = np.full(7, 0.05, np.float32)
        probs[HAM7_CODES.index("nv")] = 0.7
        return Prediction(HAM7_CODES, probs, np.zeros((7, 0, 0)), ModelUse(name, "0" * 64, "CPU", 0.0))


@pytest.fixture
def data_dir(tmp_path):
    folder = tmp_path / "data" / "ham10000"
    (folder / "HAM10000_images").mkdir(parents=True)
    rows = [
        {"image_id": f"{code}{number:03}", "lesion_id": f"{code}-{number // 2}", "dx": code}
        for code, size in SIZES.items()
        for number in range(size)
    ]
    for seed, row in enumerate(rows):
        image, _mask = disc(seed % 5)
        cv2.imwrite(str(folder / "HAM10000_images" / f"{row['image_id']}.jpg"), image[::2, ::2])
    with (folder / "HAM10000_metadata.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path / "data"


def test_the_grid_is_the_papers_by_lesion_and_by_photograph():
    runs = all_runs()
    assert len(runs) == len({run.name for run in runs}) == 12
    assert [run.unit for run in runs] == ["lesion"] * 6 + ["image"] * 6
    assert {run.ratio for run in runs} == {"80:20", "70:30", "40:60"}


@pytest.mark.parametrize("ratio", ["80:20", "70:30", "40:60"])
def test_only_a_split_by_photograph_lets_lesions_cross(data_dir, ratio):
    for unit, crosses in (("lesion", False), ("image", True)):
        parts = {side: ham10000_samples(data_dir, side, f"{ratio} by {unit}") for side in ("train", "test")}
        lesions = {side: {sample.group for sample in samples} for side, samples in parts.items()}
        assert bool(lesions["train"] & lesions["test"]) is crosses
        assert len(parts["test"]) / 200 == pytest.approx(int(ratio[-2:]) / 100, abs=0.02)


def test_rows_tell_what_each_run_saw_and_reached(data_dir, tmp_path, monkeypatch):
    runs = (Run("lesion", Sampling.UNDER, "80:20"), Run("image", Sampling.OVER, "40:60"))
    monkeypatch.setattr(sampling_study, "all_runs", lambda: runs)
    options = RunOptions(run_dir=tmp_path / "runs", weights_dir=tmp_path / "weights")
    recipe = replace(registry.card("tiny-ham7").recipe, stages=((9, 32),), batch_size=32)
    written = []
    for row in study("tiny-ham7", DataChoice(data_dir), options, lambda _folder: AlwaysNevus(), recipe, 216):
        written.append(row)
        assert len(study_rows(options.weights_dir)) == len(written)
    under, over = written
    assert (under["train_n"], under["epochs"]) == (144, 2)  # 36 rows of each of three classes, twice
    assert (over["train_n"], over["epochs"]) == (72, 3)
    assert under["shared"] == 0 < over["shared"] <= over["test_n"] == 120
    for row in written:
        assert row["accuracy"] == pytest.approx(0.5)
        assert row["balanced_accuracy"] == pytest.approx(1 / 3, abs=1e-4)
        assert row["accuracy_low"] < row["accuracy"] < row["accuracy_high"]
    settings = find_checkpoint("tiny-ham7", tmp_path / "runs" / runs[0].name).record["settings"]
    assert (settings["sampling"], settings["split"]) == ("under", "80:20 by lesion")
    assert settings["stages"] == [[2, 32]]


def test_the_flattery_compares_runs_alike_in_all_else():
    def row(unit, sampling, accuracy):
        both = Interval(accuracy, 0, 1, 9), Interval(2 * accuracy, 0, 1, 9)
        return StudyRow("m", unit, sampling, "80:20", 96, 0, *both)

    rows = (row("lesion", "under", 0.5), row("image", "under", 0.6), row("image", "over", 0.9))
    assert flattery(rows) == pytest.approx(0.1)
    assert flattery(rows, "balanced_accuracy") == pytest.approx(0.2)
    assert flattery(rows[:1]) is None
