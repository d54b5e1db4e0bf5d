import csv
import io
import json
import zipfile
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from skinapp.attribution.method import Method
from skinapp.errors import SkinAppError
from skinapp.imaging.quality import assess_quality
from skinapp.imaging.shape import measure_shape
from skinapp.imaging.synthetic import draw_lesion
from skinapp.labels import HAM7_CODES
from skinapp.results import (
    Alarm,
    Analysis,
    Caution,
    Likeness,
    ModelUse,
    Outline,
    Photograph,
    PossibleClasses,
    Prediction,
    SimilarCase,
)
from skinapp.services import report

SEGMENTER = ModelUse("unet", "a" * 64, "CPU", 0.1)
CLASSIFIER = ModelUse("net", "b" * 64, "CPU", 0.2)


@pytest.fixture(scope="module")
def analysis():
    image, mask = draw_lesion(2, 120, 160)
    probs = np.array([0.02, 0.03, 0.05, 0.02, 0.05, 0.8, 0.03], np.float32)
    heatmaps = np.random.default_rng(0).random((7, 5, 5)).astype(np.float32)
    return Analysis(
        photograph=Photograph("arm.jpg", image, "c" * 64),
        quality=assess_quality(image),
        cleaned=image,
        cleaning=(),
        threshold=0.5,
        outline=Outline(mask.astype(np.float32), SEGMENTER),
        mask=mask,
        shape=measure_shape(image, mask),
        prediction=Prediction(HAM7_CODES, probs, heatmaps, CLASSIFIER),
    )


@pytest.fixture(scope="module")
def empty(analysis):
    return replace(analysis, mask=np.zeros_like(analysis.mask), shape=None)


def test_the_mask_has_the_photographs_size_and_two_values(analysis):
    picture = Image.open(io.BytesIO(report.mask_png(analysis)))
    assert picture.size == (160, 120)
    pixels = np.asarray(picture)
    assert set(np.unique(pixels)) == {0, 255}
    assert np.array_equal(pixels == 255, analysis.mask)


@pytest.mark.parametrize("make", [report.mask_png, report.overlay_png, report.heatmap_png])
def test_pictures_carry_models_hashes_and_notice_and_nothing_else(analysis, make):
    picture = Image.open(io.BytesIO(make(analysis)))
    assert picture.info["Comment"] == "Research demonstration, not a medical device."
    assert picture.info["Models"] == "unet, net"
    assert picture.info["Weights SHA-256"] == f"{'a' * 64}, {'b' * 64}"
    always = {"Comment", "Software", "Models", "Weights SHA-256"}
    assert set(picture.info) - always in (set(), {"Heat map of", "Heat map by"})
    assert not picture.getexif()


def test_the_heat_map_of_a_chosen_class_says_which(analysis):
    info = Image.open(io.BytesIO(report.heatmap_png(analysis, class_index=1))).info
    assert (info["Heat map of"], info["Heat map by"]) == ("bcc", "grad-cam")


def test_a_map_that_is_the_same_for_every_class_names_none(analysis):
    info = Image.open(io.BytesIO(report.heatmap_png(analysis, method=Method.ROLLOUT))).info
    assert "Heat map of" not in info and info["Heat map by"] == "rollout"


def test_json_holds_the_numbers_on_screen(analysis):
    (known,) = json.loads(report.results_json([analysis]))
    assert known["notice"].startswith("Research demonstration")
    assert known["classes"]["top"] == "nv"
    assert known["classes"]["malignant_or_premalignant"] == pytest.approx(0.1)
    assert known["classes"]["weights_sha256"] == "b" * 64
    assert known["outline"]["shape"]["area_px"] == int(analysis.mask.sum())


def test_no_lesion_is_said_in_json(empty):
    (known,) = json.loads(report.results_json([empty]))
    assert known["outline"]["lesion_found"] is False
    assert known["outline"]["shape"] is None


def test_csv_has_one_row_each_and_the_notice_in_it(analysis, empty):
    rows = list(csv.DictReader(io.StringIO(report.results_csv([analysis, empty]).decode())))
    assert [row["outline_lesion_found"] for row in rows] == ["True", "False"]
    assert rows[0]["notice"] and rows[0]["outline_weights_sha256"] == "a" * 64
    assert float(rows[0]["classes_probs_nv"]) == pytest.approx(0.8)
    assert (
        not {"classes", "caution", "outline_shape"} & rows[0].keys()
    )  # what one lacks is no column of its own


def test_a_file_name_cannot_become_a_formula(analysis):
    photograph = replace(analysis.photograph, name="=1+1.jpg")
    rows = csv.DictReader(
        io.StringIO(report.results_csv([replace(analysis, photograph=photograph)]).decode())
    )
    assert next(rows)["photograph"] == "'=1+1.jpg"


def test_a_batch_keeps_uploads_apart_that_share_a_name(analysis, empty):
    archive = zipfile.ZipFile(io.BytesIO(report.batch_zip(iter([analysis, empty]))))
    names = archive.namelist()
    assert {"arm/mask.png", "arm-2/mask.png", "results.json", "results.csv"} <= set(names)
    assert len(names) == len(set(names))
    mask = cv2.imdecode(np.frombuffer(archive.read("arm/mask.png"), np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(mask == 255, analysis.mask)
    assert [row["folder"] for row in json.loads(archive.read("results.json"))] == ["arm", "arm-2"]


def test_pictures_of_a_batch_are_made_small_and_its_masks_are_not(analysis, monkeypatch):
    monkeypatch.setattr(report, "ZIP_PICTURE_PX", 80)
    archive = zipfile.ZipFile(io.BytesIO(report.batch_zip([analysis])))
    sizes = {
        name: Image.open(io.BytesIO(archive.read(f"arm/{name}.png"))).size
        for name in ("mask", "outline", "heat-map")
    }
    assert sizes == {"mask": (160, 120), "outline": (80, 60), "heat-map": (80, 60)}


def test_a_batch_that_takes_too_much_memory_is_refused(analysis, monkeypatch):
    monkeypatch.setattr(report, "ZIP_BYTES", 1024**2)
    noise = np.random.default_rng(0).integers(0, 256, (400, 500, 3), np.uint8)
    large = replace(analysis, photograph=replace(analysis.photograph, image=noise), mask=noise[..., 0] > 200)
    with pytest.raises(SkinAppError, match="more than 1 MB"):
        report.batch_zip([large, large])


def test_without_models_there_are_tables_alone(analysis):
    bare = replace(analysis, outline=None, mask=None, shape=None, prediction=None)
    archive = zipfile.ZipFile(io.BytesIO(report.batch_zip([bare])))
    assert archive.namelist() == ["results.json", "results.csv"]


def test_what_to_mind_goes_into_the_results(analysis):
    caution = Caution(
        Likeness.OTHER,
        (PossibleClasses(0.9, ("nv", "mel")),),
        (SimilarCase("ISIC_0000001", "HAM_0000001", "nv", 0.25),),
        Alarm(0.62, True),
    )
    known = report.record(replace(analysis, caution=caution))["caution"]
    assert known == {
        "like": "other",
        "possible": {"0.9": ["nv", "mel"]},
        "alarm": {"level": 0.62, "is_reached": True},
        "similar": ["ISIC_0000001 nv 0.25"],
    }
    assert report.record(analysis)["caution"] is None
