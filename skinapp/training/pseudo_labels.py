"""Photographs that nobody has diagnosed, with the classes that teachers are sure of (Lee 2013)."""

from dataclasses import replace

import torch

from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.isic2018 import task1_samples
from skinapp.data.sample import Sample
from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.labels import HAM7_CODES
from skinapp.models.card import ModelCard
from skinapp.training.augment import FitSquare
from skinapp.training.datasets import ClassificationDataset
from skinapp.training.distillation import Teachers
from skinapp.training.task import DataChoice
from skinapp.training.trainer import RunOptions

SURE = 0.5  # of one class, at least, for a photograph to join
BATCH = 32


def pseudo_labelled(card: ModelCard, choice: DataChoice, options: RunOptions) -> list[Sample]:
    """Training photographs of Task 1 to which the teachers of ``card`` give one class more than `SURE`.

    Their mean over the photograph, at the side of ``card``, and its mirror image counts. Photographs of
    HAM10000 are left out, whatever their split. `ModelError` without teachers, or for other than the seven
    classes.
    """
    if not options.teachers or card.labels != HAM7_CODES:
        raise ModelError(
            _("Nobody tells the classes of the photographs without a diagnosis."),
            _("Name teachers of a model of the seven classes, or train it without --unlabelled."),
        )
    teachers = Teachers(options.teachers, card, options.device)
    samples = _undiagnosed(choice)
    dataset = ClassificationDataset([replace(one, target=0) for one in samples], FitSquare(card.input_px))
    found = []
    for start in range(0, len(samples), BATCH):
        part = range(start, min(start + BATCH, len(samples)))
        images = torch.stack([dataset[index][0] for index in part]).to(options.device)
        probs = (teachers.lesson(images)[0] + teachers.lesson(images.flip(-1))[0]) / 2
        found += [
            replace(samples[index], target=int(row.argmax()))
            for index, row in zip(part, probs, strict=True)
            if row.max() > SURE
        ]
    return found


def _undiagnosed(choice: DataChoice) -> list[Sample]:
    splits = ("train", "val", "test")
    known = {sample.key for split in splits for sample in ham10000_samples(choice.data_dir, split)}
    samples = task1_samples(choice.data_dir, "train")[: choice.limit]
    return [sample for sample in samples if sample.key not in known]
