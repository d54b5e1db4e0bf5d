import csv

import cv2
import numpy as np
import pytest

from skinapp.data import isic2018, pad_ufes_20
from skinapp.data.ham10000 import ham10000_samples
from skinapp.models import zoo  # noqa: F401  registers the gatekeeper
from skinapp.models.texture import TextureSpace
from skinapp.results import Likeness
from skinapp.services import gatekeeping
from skinapp.services.caution import Gate
from skinapp.services.gatekeeping import _kinds, _limits, fit_gate
from tests.conftest import disc
from tests.services.test_calibrate import ColourEngine


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few pictures, and fewer axes than the few photographs span."""
    monkeypatch.setattr(gatekeeping, "OF_EACH_KIND", 2)
    monkeypatch.setattr(gatekeeping, "AXES", 3)


def add_phone_photographs(folder, count=12):
    """Blue-tinted discs of as many patients."""
    images = folder / pad_ufes_20.FOLDER / "images"
    images.mkdir(parents=True)
    rows = []
    for index in range(count):
        image = disc(100 + index)[0].copy()
        image[..., 2] = 255
        cv2.imwrite(str(images / f"PAT_{index}.png"), image[..., ::-1])
        known = {"img_id": f"PAT_{index}.png", "patient_id": f"P{index}"}
        rows.append(known | {"diagnostic": "NEV", "fitspatrick": ""})
    with (folder / pad_ufes_20.FOLDER / "metadata.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_phones_are_told_apart_and_what_is_drawn_is_refused(data_dir, tmp_path):
    add_phone_photographs(data_dir)
    gate = fit_gate(data_dir, tmp_path, ColourEngine())
    assert gate["drawn_refused"]["all"] > 0.7
    assert gate["drawn_refused"]["n"] == 2 * (len(gate["drawn_refused"]) - 2)
    phone = gate["phone"]
    assert phone["warned"] > 0.8
    assert 0 < phone["n"] < 12
    assert {"ham10000", "task1_crops"} <= set(gate["dermoscopy"])


def test_test_rows_and_the_photographs_that_taught_nothing_move_no_limit(data_dir, tmp_path):
    add_phone_photographs(data_dir)
    first = fit_gate(data_dir, tmp_path, ColourEngine())
    _teachers, others = gatekeeping._phones(data_dir)
    for row in (*others, *ham10000_samples(data_dir, "test")):
        cv2.imwrite(str(row.image), np.full((64, 64, 3), (0, 255, 0), np.uint8))
    second = fit_gate(data_dir, tmp_path, ColourEngine())
    for fitted in ("sha256", "refuse_over", "warn_over"):
        assert first[fitted] == second[fitted]
    refused = [one["dermoscopy"]["ham10000"]["refused"] for one in (first, second)]
    assert refused[0] < refused[1] == 1.0
    assert first["phone"] != second["phone"]


def test_no_kind_of_dermoscopy_is_refused_or_warned_of_more_often_than_decided():
    """One kind is stranger, the other more like photographs by phone."""
    random = np.random.default_rng(0)
    space = TextureSpace(np.zeros(3), np.ones(3), np.eye(3, 2), np.array([1.0, 0, 0]))
    strange, alike = (random.normal(0, scale, (1000, 3)) for scale in ((1, 1, 9), (3, 1, 1)))
    limits = _limits(space, [strange, alike])
    assert limits["refuse_over"] == pytest.approx(np.quantile(np.abs(strange[:, 2]), 0.985), abs=1e-4)
    assert limits["warn_over"] == pytest.approx(np.quantile(alike[:, 0], 0.95), abs=1e-4)
    kinds = _kinds(Gate(space, **limits), alike)
    assert np.mean(kinds == Likeness.NONE) <= 0.015 and np.mean(kinds == Likeness.OTHER) <= 0.05


def test_without_phone_photographs_nothing_is_said_of_them(data_dir, tmp_path):
    assert not {"warn_over", "phone"} & set(fit_gate(data_dir, tmp_path, ColourEngine()))


def test_without_other_dermoscopy_ham10000_is_enough(data_dir, tmp_path):
    (data_dir / isic2018.FOLDER).rename(data_dir / "elsewhere")
    assert set(fit_gate(data_dir, tmp_path, ColourEngine())["dermoscopy"]) == {"ham10000"}
