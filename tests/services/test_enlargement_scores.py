"""Figures of super-resolution, with an engine whose answers are known."""

import csv
import json

import cv2
import numpy as np
import pytest
from PIL import Image

from skinapp.data import isic2017_hires
from skinapp.data.pixels import read_image
from skinapp.imaging.degrade import clean_downsampling
from skinapp.metrics.image_quality import psnr, ssim
from skinapp.models import registry
from skinapp.models.weights import save_checkpoint
from skinapp.results import Enlargement, ModelUse, Outline
from skinapp.services.enhance import METHODS
from skinapp.services.scorecard import evaluate

USE = ModelUse("known", "0" * 64, "CPU", 0.0)


class KnownEngine:
    """Takes the left half as lesion and enlarges by bilinear interpolation."""

    def segment(self, name, image):
        prob_map = np.zeros((64, 64), np.float32)
        prob_map[:, :32] = 0.9
        return Outline(prob_map, USE)

    def context_px(self, name):
        return 2

    def enlarge(self, name, image):
        height, width = (4 * side for side in image.shape[:2])
        return Enlargement(bilinear(image, width, height), USE)


def bilinear(image, width, height):
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)


@pytest.fixture
def photographs_dir(data_dir):
    folder = data_dir / isic2017_hires.FOLDER / "images"
    folder.mkdir(parents=True)
    texture = cv2.resize(
        np.random.default_rng(0).uniform(60, 220, (60, 60, 3)).astype(np.float32), (320, 320)
    )
    cv2.imwrite(str(folder / "P10.jpg"), texture)  # a test photograph of Task 1
    return data_dir


def test_the_table_of_the_paper_is_written(photographs_dir, tmp_path):
    save_checkpoint(registry.entry("tiny-x4").build(), "tiny-x4", tmp_path, {"parameters": 1})
    distance = lambda image, truth: float(np.abs(image.astype(int) - truth).mean())  # noqa: E731
    distances = {"feature_distance": distance}
    figures = evaluate("tiny-x4", photographs_dir, tmp_path, KnownEngine(), distances=distances)

    truth = read_image(photographs_dir / isic2017_hires.FOLDER / "images" / "P10.jpg")
    small = clean_downsampling(truth)
    bicubic = np.asarray(Image.fromarray(small).resize((320, 320), Image.Resampling.BICUBIC))
    clean = figures["clean"]
    assert clean["n"] == 1
    assert clean["bicubic"]["psnr"] == pytest.approx(psnr(bicubic, truth), abs=1e-3)
    assert clean["enlarger"]["ssim"] == pytest.approx(ssim(bilinear(small, 320, 320), truth), abs=1e-3)
    assert clean["segment_bicubic"] == clean["bicubic"]
    assert clean["bicubic"]["feature_distance"] == pytest.approx(distance(bicubic, truth), abs=1e-3)
    assert clean["bicubic"]["lpips"] is None
    assert figures["degraded"]["bicubic"]["psnr"] < clean["bicubic"]["psnr"]
    assert figures["clean_256"]["n"] == 2

    record = json.loads((tmp_path / "tiny-x4.json").read_text())
    assert record["figures"] == figures
    assert "reference_heat" not in record
    with (tmp_path / "tiny-x4.test.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["method"] for row in rows[:5]] == list(METHODS)
    assert len(rows) == 5 * (1 + 1 + 2)


def test_without_features_the_distance_is_not_measured(photographs_dir, tmp_path):
    save_checkpoint(registry.entry("tiny-x4").build(), "tiny-x4", tmp_path, {"parameters": 1})
    figures = evaluate("tiny-x4", photographs_dir, tmp_path, KnownEngine(), split="val")
    assert figures["clean_256"]["enlarger"]["feature_distance"] is None


def test_what_two_methods_share_is_scored_once_and_lpips_where_it_is_given(photographs_dir, tmp_path):
    save_checkpoint(registry.entry("tiny-x4").build(), "tiny-x4", tmp_path, {"parameters": 1})
    asked = []
    distances = {"lpips": lambda image, truth: asked.append(1) or 0.25}
    figures = evaluate("tiny-x4", photographs_dir, tmp_path, KnownEngine(), distances=distances)
    assert figures["clean"]["enlarger"]["lpips"] == figures["degraded"]["bicubic"]["lpips"] == 0.25
    assert figures["clean"]["enlarger"]["feature_distance"] is None
    assert len(asked) == 4 * (1 + 1 + 2)  # of five methods, two have one image
