"""What differs between segmentation and classification in training: data, loss and the validation score."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch.utils.data import Dataset

from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.isic2018 import full_frame_samples, task1_samples
from skinapp.data.labelme import labelme_samples
from skinapp.data.sample import Sample
from skinapp.metrics.classification import balanced_accuracy
from skinapp.metrics.segmentation import iou
from skinapp.models.card import ModelCard, Task
from skinapp.training.augment import FitSquare, classification_augmentation, segmentation_augmentation
from skinapp.training.datasets import ClassificationDataset, SegmentationDataset
from skinapp.training.losses import SEGMENTATION_LOSSES, Loss, weighted_cross_entropy


@dataclass(frozen=True)
class DataChoice:
    """Where the data lies and how it is split: ``splits.csv``, ``80/20`` or ``70/15/15``.

    ``limit`` takes the first rows only, for trials.
    """

    data_dir: Path
    scheme: str = "splits.csv"
    limit: int | None = None


class TrainingTask(Protocol):
    """One training job, as the loop sees it."""

    score_name: str
    loss: Loss
    val_samples: Sequence[Sample]

    def train_set(self, side_px: int, epoch: int) -> Dataset: ...

    def val_set(self, side_px: int) -> Dataset: ...

    def score(self, logits: torch.Tensor, targets: torch.Tensor) -> list[float]: ...


class SegmentationTask:
    """Task 1 crops and whole frames, with masks of HAM10000 mixed in; scored by IoU at 0.5."""

    score_name = "iou"

    def __init__(self, card: ModelCard, choice: DataChoice):
        self.recipe = card.recipe
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
    """HAM10000 classes; scored by balanced accuracy."""

    score_name = "balanced_accuracy"

    def __init__(self, card: ModelCard, choice: DataChoice):
        self.train_samples, self.val_samples = (
            ham10000_samples(choice.data_dir, split, choice.scheme)[: choice.limit]
            for split in ("train", "val")
        )
        counts = np.bincount([sample.target for sample in self.train_samples], minlength=len(card.labels))
        self.loss = weighted_cross_entropy(torch.from_numpy(counts))

    def train_set(self, side_px: int, epoch: int) -> Dataset:
        return ClassificationDataset(self.train_samples, classification_augmentation(side_px))

    def val_set(self, side_px: int) -> Dataset:
        return ClassificationDataset(self.val_samples, FitSquare(side_px))

    def score(self, logits: torch.Tensor, targets: torch.Tensor) -> list[float]:
        """Balanced accuracy of all rows, as one number."""
        return [balanced_accuracy(logits.argmax(1).numpy(), targets.numpy())]


def training_task(card: ModelCard, choice: DataChoice) -> TrainingTask:
    """The job that trains the model of this card."""
    return (SegmentationTask if card.task is Task.SEGMENTATION else ClassificationTask)(card, choice)


def normalised(images: torch.Tensor, card: ModelCard) -> torch.Tensor:
    """uint8 (N, 3, H, W) to the float32 batch that the card's network expects."""
    mean, std = (
        torch.tensor(values, device=images.device)[:, None, None] for values in (card.mean, card.std)
    )
    batch = (images.float() / 255 - mean) / std
    return batch.contiguous(memory_format=torch.channels_last)


def _segmentation_samples(dataset: str, choice: DataChoice, split: str) -> Sequence[Sample]:
    readers = {"task1": task1_samples, "ham10000": ham10000_samples, "labelme": labelme_samples}
    return readers[dataset](choice.data_dir, split, choice.scheme)
