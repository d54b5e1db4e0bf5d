"""Photographs without a diagnosis that join a training with the classes their teachers are sure of."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from skinapp.data import isic2018
from skinapp.data.isic2018 import task1_samples
from skinapp.data.pixels import read_image
from skinapp.engine.torch_engine import TorchEngine
from skinapp.errors import ModelError
from skinapp.models import registry
from skinapp.models.weights import find_checkpoint
from skinapp.training import pseudo_labels
from skinapp.training.distillation import Teachers
from skinapp.training.loop import train
from skinapp.training.pseudo_labels import pseudo_labelled
from skinapp.training.task import ClassificationTask, DataChoice
from skinapp.training.trainer import RunOptions

CARD = registry.card("tiny-ham7")


def answers(monkeypatch, *rows):
    """Teachers say one row after the other, to photograph and mirror image alike."""
    told = iter(row for row in rows for _view in range(2))

    def lesson(_teachers, images):
        return torch.tensor([next(told)] * len(images)), []

    monkeypatch.setattr(Teachers, "lesson", lesson)


@pytest.fixture
def options(weights_dir, tmp_path):
    teacher = find_checkpoint("tiny-ham7", weights_dir).path
    return RunOptions(tmp_path / "run", tmp_path / "out", teachers=(teacher,))


def test_a_photograph_joins_with_the_class_that_has_more_than_half(data_dir, options, monkeypatch):
    monkeypatch.setattr(pseudo_labels, "BATCH", 1)
    sure, torn, lots = [0.1, 0, 0, 0, 0.6, 0.3, 0], [0.5, 0, 0, 0.5, 0, 0, 0], [0, 0.9, 0.1, 0, 0, 0, 0]
    answers(monkeypatch, *[torn] * 3, sure, *[torn] * 2, lots, torn)
    found = pseudo_labelled(CARD, DataChoice(data_dir), options)
    assert [(one.key, one.target) for one in found] == [("P03", 4), ("P06", 1)]


def test_the_mirror_image_counts_as_much(data_dir, options, monkeypatch):
    """The mean of what the engine, which reads and scales photographs by itself, says to both."""
    monkeypatch.setattr(pseudo_labels, "SURE", 0.0)
    engine = TorchEngine(options.teachers[0].parent)
    found = {one.key: one.target for one in pseudo_labelled(CARD, DataChoice(data_dir), options)}
    assert len(found) == 8
    for sample in task1_samples(data_dir, "train"):
        image = read_image(sample.image)
        views = [np.ascontiguousarray(view) for view in (image, image[:, ::-1])]
        probs = [engine.classify("tiny-ham7", view, explain=False).probs for view in views]
        assert found[sample.key] == np.mean(probs, axis=0).argmax()


def test_a_photograph_of_ham10000_never_joins(data_dir, options, monkeypatch):
    """Not even one of its test rows, under the same name in Task 1."""
    monkeypatch.setattr(pseudo_labels, "SURE", 0.0)
    known = sorted((data_dir / "ham10000" / "HAM10000_images").iterdir())[2]
    folder = data_dir / isic2018.FOLDER
    known.rename(folder / isic2018.IMAGES / known.name)
    splits = folder / "splits.csv"
    splits.write_text(splits.read_text() + f"{known.stem},train\n")
    assert known.stem in {one.key for one in task1_samples(data_dir, "train")}
    assert known.stem not in {one.key for one in pseudo_labelled(CARD, DataChoice(data_dir), options)}


def test_they_join_the_training_rows_and_the_record_counts_them(data_dir, options, monkeypatch):
    monkeypatch.setattr(pseudo_labels, "SURE", 0.0)
    recipe = replace(CARD.recipe, stages=((1, 64),), unlabelled=True)
    record = train("tiny-ham7", DataChoice(data_dir), options, recipe)
    assert record["pseudo_labelled"] == 8
    assert record["settings"]["unlabelled"] is True


def test_extra_photographs_count_among_the_rows_of_their_class(data_dir, options, monkeypatch):
    monkeypatch.setattr(pseudo_labels, "SURE", 0.0)
    choice = DataChoice(data_dir)
    extra = pseudo_labelled(CARD, choice, options)
    plain, joined = ClassificationTask(CARD, choice), ClassificationTask(CARD, choice, extra)
    assert joined.counts.sum() == plain.counts.sum() + len(extra)
    assert len(joined.val_samples) == len(plain.val_samples)


def test_without_teachers_nobody_tells_the_classes(data_dir, options):
    with pytest.raises(ModelError, match="without --unlabelled"):
        pseudo_labelled(CARD, DataChoice(data_dir), replace(options, teachers=()))


def test_a_model_of_two_classes_takes_none(data_dir, options):
    with pytest.raises(ModelError, match="Nobody tells"):
        pseudo_labelled(registry.card("tiny-binary"), DataChoice(data_dir), options)
