import csv
import io

import numpy as np
import pytest
from PIL import Image

from skinapp.imaging.montage import Tile
from skinapp.models import registry, zoo  # noqa: F401
from skinapp.results import ModelUse, Outline, Photograph
from skinapp.services.compare import Variant, compare
from skinapp.services.compare_files import figures_csv, grid_png
from skinapp.services.truth import truth_scores

PHOTOGRAPH = Photograph("=arm.jpg", np.full((90, 120, 3), 200, np.uint8), "cd" * 32)


def outline(card, cleaning):
    prob_map = np.zeros((16, 16), np.float32)
    prob_map[:, : 8 if card.name == "unet" else 12] = 1
    return Outline(prob_map, ModelUse(card.name, card.name[0] * 64, "nowhere", 0.0125))


@pytest.fixture
def known():
    variants = [Variant(registry.card("unet")), Variant(registry.card("deeplabv3"), 0.3, ("hair",))]
    return compare(PHOTOGRAPH.image, variants, outline)


def rows_of(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_the_figures_of_each_outline(known):
    first, second = rows_of(figures_csv(known, PHOTOGRAPH, (4_180_113, None)))
    assert first["model"] == "unet" and first["weights_sha256"] == "u" * 64
    assert float(first["milliseconds"]) == 12.5
    assert float(first["area_fraction"]) == pytest.approx(0.5)
    shared, larger = known.masks[0].sum(), known.masks[1].sum()  # one holds the other
    assert float(first["agreement"]) == pytest.approx(shared / larger, abs=1e-6)
    assert first["agreement"] == first["iou_with_2"]
    assert (first["parameters"], second["parameters"]) == ("4180113", "")
    assert (second["threshold"], second["cleaning"]) == ("0.3", "hair")
    assert second["label"] == "DeepLabV3, sure 30%, hair removed"
    assert first["photograph"] == "'=arm.jpg", "no formula for a spreadsheet"
    assert "iou" not in first and "not a medical device" in first["notice"]


def test_scores_stand_beside_them_where_the_truth_is_known(known):
    scores = truth_scores(known.masks, known.masks[0])
    first, second = rows_of(figures_csv(known, PHOTOGRAPH, (1, 1), scores))
    assert (float(first["iou"]), float(first["hausdorff_95_px"])) == (1, 0)
    assert float(second["iou"]) == pytest.approx(known.ious[0, 1], abs=1e-6)


def test_their_consensus_has_a_row_of_its_own(known):
    scores = truth_scores([*known.masks, known.consensus], known.masks[0])
    rows = rows_of(figures_csv(known, PHOTOGRAPH, (1, 1), scores))
    assert [row["label"] for row in rows][2:] == ["Consensus"] and rows[2]["model"] == ""
    assert float(rows[2]["iou"]) == pytest.approx(scores[2].iou, abs=1e-6)
    assert rows[2]["photograph_sha256"] == PHOTOGRAPH.sha256


def test_the_pictures_say_what_made_them(known):
    data = grid_png([[Tile(known.image, ("1 U-Net",))] * 2], known)
    picture = Image.open(io.BytesIO(data))
    assert picture.text["Models"] == "unet, deeplabv3"
    assert "not a medical device" in picture.text["Comment"]
    assert picture.width > 2 * 120 and not picture.getexif()
