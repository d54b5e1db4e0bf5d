"""What differs between segmentation and classification in training: data, loss and the validation score."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import nn
from torch.utils.data import Dataset, default_collate

from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.isic2017_hires import hires_samples
from skinapp.data.isic2018 import full_frame_samples, task1_samples
from skinapp.data.labelme import labelme_samples
from skinapp.data.sample import Sample
from skinapp.errors import DataError, ModelError
from skinapp.i18n import gettext as _
from skinapp.imaging.degrade import clean_downsampling, phone_degradation
from skinapp.labels import BINARY_CODES, HAM7_CODES, class_index
from skinapp.metrics.calibration import best_log_likelihood, fit_temperature
from skinapp.metrics.image_quality import psnr
from skinapp.metrics.segmentation import iou
from skinapp.models.card import ModelCard, Task
from skinapp.training.augment import (
    FitSquare,
    MixedPairs,
    classification_augmentation,
    segmentation_augmentation,
)
from skinapp.training.content import ContentLoss, content_distance
from skinapp.training.datasets import ClassificationDataset, SegmentationDataset
from skinapp.training.losses import (
    CLASSIFICATION_LOSSES,
    SEGMENTATION_LOSSES,
    Loss,
    malignant_cross_entropy,
)
from skinapp.training.patches import CentralCrops, Degradation, RandomPatches, largest_side_px
from skinapp.training.sampling import prior_share, prior_shift, sampled_rows

ADVERSARIAL_LOSS = "content-adversarial"
SEGMENTATION_READERS = {"task1": task1_samples, "ham10000": ham10000_samples, "labelme": labelme_samples}
DEGRADATIONS: dict[str, Degradation] = {
    "hires-clean": lambda patch, _rng: clean_downsampling(patch),
    "hires-phone": phone_degradation,
}


@dataclass(frozen=True)
class DataChoice:
    """Where the data lies and how it is split: ``splits.csv``, ``80/20`` or ``70/15/15``.

    ``limit`` takes the first rows only, for trials. ``content`` is where adversarial training takes the
    features of its content loss from, see `content_distance`.
    """

    data_dir: Path
    scheme: str = "splits.csv"
    limit: int | None = None
    content: str = "vgg19"


Collate = Callable[[list], tuple[torch.Tensor, torch.Tensor]]


class TrainingTask(Protocol):
    """One training job, as the loop sees it."""

    choice: DataChoice
    score_name: str
    loss: Loss
    train_samples: Sequence[Sample]
    val_samples: Sequence[Sample]
    collate: Collate

    def train_set(self, side_px: int, epoch: int) -> Dataset: ...

    def val_set(self, side_px: int) -> Dataset: ...

    def score(self, logits: torch.Tensor, targets: torch.Tensor) -> list[float]: ...


class SegmentationTask:
    """Task 1 crops and whole frames, with masks of HAM10000 mixed in; scored by IoU at 0.5."""

    score_name = "iou"
    collate = staticmethod(default_collate)

    def __init__(self, card: ModelCard, choice: DataChoice):
        self.choice, self.recipe = choice, card.recipe
        self.loss = SEGMENTATION_LOSSES[self.recipe.loss]
        self.train_samples, self.val_samples = (
            _segmentation_samples(self.recipe.dataset, choice, split)[: choice.limit]
            for split in ("train", "val")
        )
        has_frames = self.recipe.dataset == "task1" and choice.scheme == "splits.csv"
        self.frames = full_frame_samples(choice.data_dir, "train") if has_frames else []
        self.more = ham10000_samples(choice.data_dir, "train") if self.recipe.extra_ham10000 else []

    def train_set(self, side_px: int, epoch: int) -> Dataset:
        draw = np.random.default_rng([self.recipe.seed, epoch])
        count = min(self.recipe.extra_ham10000, len(self.more))
        extra = draw.choice(len(self.more), count, replace=False) if count else []
        samples = [*self.train_samples, *(self.more[index] for index in extra)]
        return SegmentationDataset(samples, segmentation_augmentation(side_px), self.frames)

    def val_set(self, side_px: int) -> Dataset:
        return SegmentationDataset(self.val_samples, FitSquare(side_px))

    def score(self, logits: torch.Tensor, targets: torch.Tensor) -> list[float]:
        """IoU of each photograph at threshold 0.5; 1 where both masks are empty."""
        return [iou(*pair) for pair in zip((logits >= 0).numpy(), (targets >= 0.5).numpy(), strict=True)]


class ClassificationTask:
    """Classes of HAM10000; scored by likelihood, which a few rare photographs cannot sway.

    ``extra`` are photographs with a class that join the training rows.
    """

    score_name = "log_likelihood"

    def __init__(self, card: ModelCard, choice: DataChoice, extra: Sequence[Sample] = ()):
        self.train_samples, self.val_samples = (
            _labelled(ham10000_samples(choice.data_dir, split, choice.scheme)[: choice.limit], card.labels)
            for split in ("train", "val")
        )
        self.train_samples += extra
        self.choice, self.recipe, self.cleaning = choice, card.recipe, card.cleaning
        self.targets = np.array([sample.target for sample in self.train_samples])
        self.counts = np.bincount(self.targets, minlength=len(card.labels))
        seen = self.targets[self._rows(0)]
        counts = torch.from_numpy(np.bincount(seen, minlength=len(card.labels)))
        self.loss: Loss = (
            malignant_cross_entropy(self.recipe.malignant_weight)
            if card.labels == BINARY_CODES
            else CLASSIFICATION_LOSSES[self.recipe.loss](counts)
        )
        share = card.recipe.mixing
        self.collate: Collate = MixedPairs(len(card.labels), share) if share else default_collate

    def train_set(self, side_px: int, epoch: int) -> Dataset:
        samples = [self.train_samples[row] for row in self._rows(epoch)]
        return ClassificationDataset(samples, classification_augmentation(side_px), self.cleaning)

    def plain_set(self, side_px: int) -> Dataset:
        """All training rows in their order, as the validation rows are seen."""
        return ClassificationDataset(self.train_samples, FitSquare(side_px), self.cleaning)

    def _rows(self, epoch: int) -> np.ndarray:
        return sampled_rows(self.targets, self.recipe.sampling, self.recipe.seed, epoch)

    def val_set(self, side_px: int) -> Dataset:
        return ClassificationDataset(self.val_samples, FitSquare(side_px), self.cleaning)

    def score(self, logits: torch.Tensor, targets: torch.Tensor) -> list[float]:
        """Mean log-likelihood of all rows in nats, at the temperature that suits them, as one number.

        What a malignant lesion weighs in the loss is taken out of the logits before: it raises every alarm
        alike, and the more a model has learnt of it, the worse it would look. So would a model on evened out
        classes that is told their frequencies afterwards: it is told the share of them that suits best. One
        that is evened out afterwards is judged like that, its rows counting as much as that makes them count.
        """
        if self.recipe.malignant_weight != 1:
            logits = logits - torch.tensor([1.0, self.recipe.malignant_weight]).log()
        told, truth = logits.numpy(), targets.numpy()
        if self.recipe.priors:
            told = told + prior_shift(self.counts, prior_share(told, truth, self.counts))
        if self.recipe.evening:
            told = told / fit_temperature(told, truth)  # as it is calibrated before
        evened = prior_shift(self.counts, -self.recipe.evening)
        return [best_log_likelihood(told + evened, truth, np.exp(evened)[truth])]


class SuperResolutionTask:
    """Large photographs against themselves made small; scored by PSNR on luma, in decibels."""

    score_name = "psnr"
    collate = staticmethod(default_collate)

    def __init__(self, card: ModelCard, choice: DataChoice):
        self.choice, self.recipe, self.scale = choice, card.recipe, card.scale
        self.loss: Loss = nn.L1Loss()
        self.degradation = DEGRADATIONS[self.recipe.dataset]
        self.train_samples = hires_samples(choice.data_dir, "train")[: choice.limit]
        self.val_samples = hires_samples(choice.data_dir, "val")[: choice.limit]
        self.small_samples = task1_samples(choice.data_dir, "train")[: choice.limit]
        self._refuse_large_sides(card)

    def train_set(self, side_px: int, epoch: int) -> Dataset:
        seed = (self.recipe.seed, epoch)
        return RandomPatches(self.train_samples, self.small_samples, side_px, self.degradation, seed)

    def val_set(self, side_px: int) -> Dataset:
        return CentralCrops(self.val_samples, 2 * side_px, self.degradation)

    def _refuse_large_sides(self, card: ModelCard) -> None:
        """`ModelError` where a stage asks for more pixels than the smallest photograph has."""
        most = largest_side_px([*self.train_samples, *self.small_samples], self.val_samples)
        if max(side_px for _epochs, side_px in self.recipe.stages) > most:
            stages = ((epochs, min(side_px, most)) for epochs, side_px in self.recipe.stages)
            raise ModelError(
                _("'{name}' cannot be trained with '{named}'.").format(
                    name=card.name, named=_written(self.recipe.stages)
                ),
                _("It can with: {known}.").format(known=_written(stages)),
            )

    def score(self, logits: torch.Tensor, targets: torch.Tensor) -> list[float]:
        """PSNR of each pair."""
        return [psnr(_image(made), _image(target)) for made, target in zip(logits, targets, strict=True)]


class AdversarialTask(SuperResolutionTask):
    """The same pairs for the content loss: feature distance plus mean absolute error.

    Scored by the negative feature distance: PSNR would prefer the generator as it was before.
    """

    score_name = "likeness"

    def __init__(self, card: ModelCard, choice: DataChoice):
        super().__init__(card, choice)
        self.distance = content_distance(choice.content)
        self.loss = ContentLoss(self.distance)

    def score(self, logits: torch.Tensor, targets: torch.Tensor) -> list[float]:
        device = next(self.distance.parameters()).device  # that of the loss, which it is a part of
        pairs = zip(logits.to(device), targets.to(device), strict=True)
        return [-float(self.distance(made[None], target[None])) for made, target in pairs]


def training_task(card: ModelCard, choice: DataChoice, extra: Sequence[Sample] = ()) -> TrainingTask:
    """The job that trains the model of this card; ``extra`` is for a classifier.

    Raises `ModelError` where its recipe names a dataset or loss that its task does not have, and `DataError`
    where there is nothing to learn from or to be judged by.
    """
    for named, known in zip((card.recipe.dataset, card.recipe.loss), _datasets_and_losses(card), strict=True):
        if named not in known:
            raise ModelError(
                _("'{name}' cannot be trained with '{named}'.").format(name=card.name, named=named),
                _("It can with: {known}.").format(known=", ".join(known)),
            )
    task = _task(card, choice, extra)
    if not task.train_samples or not task.val_samples:
        raise DataError(
            _("The split {split} leaves no photographs to train or to validate with.").format(
                split=choice.scheme
            ),
            _("Use more photographs, or another split with --split."),
        )
    return task


def _task(card: ModelCard, choice: DataChoice, extra: Sequence[Sample]) -> TrainingTask:
    if card.task is Task.SUPER_RESOLUTION:
        adversarial = card.recipe.loss == ADVERSARIAL_LOSS
        return (AdversarialTask if adversarial else SuperResolutionTask)(card, choice)
    if card.task is Task.SEGMENTATION:
        return SegmentationTask(card, choice)
    return ClassificationTask(card, choice, extra)


def _datasets_and_losses(card: ModelCard) -> tuple[Iterable[str], Iterable[str]]:
    """The names that a recipe may give to dataset and loss."""
    if card.task is Task.SEGMENTATION:
        return SEGMENTATION_READERS, SEGMENTATION_LOSSES
    if card.task is Task.SUPER_RESOLUTION:
        return DEGRADATIONS, ("l1", ADVERSARIAL_LOSS)
    is_binary = card.labels == BINARY_CODES
    return ("ham10000",), ("malignant-cross-entropy",) if is_binary else CLASSIFICATION_LOSSES


def normalised(images: torch.Tensor, card: ModelCard) -> torch.Tensor:
    """uint8 (N, 3, H, W) to the float32 batch that the card's network expects."""
    mean, std = (
        torch.tensor(values, device=images.device)[:, None, None] for values in (card.mean, card.std)
    )
    batch = (images.float() / 255 - mean) / std
    return batch.contiguous(memory_format=torch.channels_last)


def _image(planes: torch.Tensor) -> np.ndarray:
    """(3, H, W) in [0, 1] to uint8 RGB (H, W, 3), as the engine rounds."""
    return planes.clamp(0, 1).mul(255).round().byte().permute(1, 2, 0).numpy()


def _written(stages: Iterable[tuple[int, int]]) -> str:
    """Stages as the command line takes them."""
    return "--stages " + ",".join(f"{epochs}x{side_px}" for epochs, side_px in stages)


def _labelled(samples: Sequence[Sample], labels: Sequence[str]) -> list[Sample]:
    """Samples of HAM10000 with the index of their class in ``labels``."""
    return [replace(one, target=class_index(HAM7_CODES[one.target], labels)) for one in samples]


def _segmentation_samples(dataset: str, choice: DataChoice, split: str) -> Sequence[Sample]:
    return SEGMENTATION_READERS[dataset](choice.data_dir, split, choice.scheme)
