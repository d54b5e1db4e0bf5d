"""What learnt from rows of a drawn split is neither scored nor fitted on those of the published one."""

from dataclasses import replace

import pytest
import torch

from skinapp.errors import ModelError
from skinapp.models import registry
from skinapp.models.held_out import refuse_other_split
from skinapp.models.weights import find_checkpoint, save_checkpoint
from skinapp.services.calibrate import calibrate
from skinapp.services.committee import form
from skinapp.services.repeat import repeat
from skinapp.services.scorecard import evaluate
from skinapp.training.averaging import average
from skinapp.training.task import DataChoice
from skinapp.training.trainer import RunOptions

DRAWN = {"settings": {"dataset": "ham10000", "split": "80/20"}}
PUBLISHED = {"settings": {"dataset": "ham10000", "split": "splits.csv"}}


@pytest.fixture
def folder(tmp_path):
    torch.manual_seed(0)
    for name in ("tiny-ham7", "tiny-ham7-meta", "tiny-vit7"):
        save_checkpoint(registry.entry(name).build(), name, tmp_path / "weights", DRAWN)
    return tmp_path / "weights"


def _average(data_dir, folder):
    files = [find_checkpoint("tiny-ham7", folder).path]
    average("tiny-ham7", files, DataChoice(data_dir), RunOptions(folder, folder))


def _lighten(data_dir, folder):
    pytest.importorskip("openvino")
    from skinapp.services.lighter import lighten

    lighten("tiny-ham7", data_dir, folder)


@pytest.mark.parametrize(
    "use",
    [
        lambda data_dir, folder: evaluate("tiny-ham7", data_dir, folder, None),
        lambda data_dir, folder: calibrate("tiny-ham7", data_dir, folder, None),
        lambda data_dir, folder: form("tiny-committee", data_dir, folder, None),
        _average,
        _lighten,
    ],
    ids=["evaluate", "calibrate", "form", "average", "lighten"],
)
def test_held_out_rows_are_not_shown_to_what_may_have_learnt_from_them(data_dir, folder, use):
    with pytest.raises(ModelError, match="of the split 80/20") as caught:
        use(data_dir, folder)
    assert "--split" in caught.value.hint


def test_a_repetition_with_a_drawn_split_is_refused_before_it_is_trained(data_dir, tmp_path, monkeypatch):
    monkeypatch.setattr("skinapp.services.repeat.train", lambda *_: pytest.fail("trained"))
    options = RunOptions(tmp_path / "runs", tmp_path / "weights")
    with pytest.raises(ModelError, match="of the split 80/20"):
        repeat("tiny-unet", (1,), DataChoice(data_dir, "80/20"), options, lambda _folder: None)


@pytest.mark.parametrize(
    "record", [{"init": {"init": DRAWN}} | PUBLISHED, {"averaged": [PUBLISHED, DRAWN]} | PUBLISHED]
)
def test_where_a_model_comes_from_counts_too(record):
    with pytest.raises(ModelError):
        refuse_other_split("tiny-ham7", record)


@pytest.mark.parametrize("dataset", ["labelme", "hires-clean", "hires-phone"])
def test_other_photographs_may_be_split_in_any_way(dataset):
    refuse_other_split("tiny-unet", {"settings": {"dataset": dataset, "split": "80/20"}})


def test_what_learnt_from_the_published_split_or_says_nothing_is_taken():
    for record in (PUBLISHED, PUBLISHED | {"init": None, "averaged": [PUBLISHED]}, {}):
        refuse_other_split("tiny-ham7", record)


def test_a_repetition_on_annotated_photographs_may_draw_its_split(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("skinapp.services.repeat._repeat_once", lambda *known: seen.append(known))
    recipe = replace(registry.card("tiny-unet").recipe, dataset="labelme")
    options = RunOptions(tmp_path, tmp_path)
    repeat("tiny-unet", (1,), DataChoice(tmp_path, "80/20"), options, lambda _folder: None, recipe)
    assert len(seen) == 1
