"""Whether whole frames are named as their crops, with an engine that goes by colour."""

import cv2
import numpy as np
import pytest

from skinapp.data import isic2018
from skinapp.labels import HAM7_CODES
from skinapp.models import registry
from skinapp.models.weights import find_checkpoint, save_checkpoint
from skinapp.results import ModelUse, Prediction
from skinapp.services.scorecard import evaluate
from skinapp.services.scoring.frames import frame_agreement

USE = ModelUse("known", "0" * 64, "CPU", 0.0)
GREYS = {"P10": (40, 40), "P11": (240, 60)}  # of crop and frame


class GoesByLight:
    """A nevus where it is dark, a melanoma where it is light, the surer the lighter or darker."""

    def classify(self, name, image, explain=True, patient=None):
        probs = np.zeros(7, np.float32)
        light = image.mean() / 255
        probs[HAM7_CODES.index("mel")], probs[HAM7_CODES.index("nv")] = light, 1 - light
        return Prediction(HAM7_CODES, probs, np.ones((7, 2, 2), np.float32), USE)

    def explain_classes(self, name, image, method):
        return np.ones((7, 2, 2), np.float32)


@pytest.fixture
def framed_dir(data_dir):
    """Both test photographs of Task 1 with a frame, and a frame of a training photograph."""
    crops, frames = data_dir / isic2018.FOLDER / isic2018.IMAGES, data_dir / isic2018.FULL_FRAME_FOLDER
    for folder in ("images", "masks"):
        (frames / folder).mkdir(parents=True)
    for key, (crop, frame) in (GREYS | {"P00": (250, 0)}).items():
        cv2.imwrite(str(crops / f"{key}.jpg"), np.full((64, 64, 3), crop, np.uint8))
        cv2.imwrite(str(frames / "images" / f"{key}.jpg"), np.full((64, 96, 3), frame, np.uint8))
        cv2.imwrite(str(frames / "masks" / f"{key}_segmentation.png"), np.zeros((64, 96), np.uint8))
    return data_dir


def test_one_of_two_is_named_alike(framed_dir):
    """Both crops are over 0.8: dark 1 - 40/255 = 0.84, light 240/255 = 0.94; the second frame is dark."""
    found = frame_agreement("tiny-ham7", framed_dir, GoesByLight(), "test")
    assert found == {"n": 2, "same_class": 0.5, "n_sure": 2, "same_class_sure": 0.5}


def test_where_none_is_sure_nothing_is_said_of_the_sure(framed_dir, monkeypatch):
    monkeypatch.setattr("skinapp.services.scoring.frames.SURE", 0.99)
    found = frame_agreement("tiny-ham7", framed_dir, GoesByLight(), "test")
    assert found == {"n": 2, "same_class": 0.5, "n_sure": 0}


def test_evaluation_records_it_and_without_frames_nothing(framed_dir, tmp_path):
    save_checkpoint(registry.entry("tiny-ham7").build(), "tiny-ham7", tmp_path / "weights", {"parameters": 1})
    evaluate("tiny-ham7", framed_dir, tmp_path / "weights", GoesByLight())
    record = find_checkpoint("tiny-ham7", tmp_path / "weights").record
    assert record["figures"]["whole_frames"]["n"] == 2
    assert frame_agreement("tiny-ham7", tmp_path / "elsewhere", GoesByLight(), "test") == {}
