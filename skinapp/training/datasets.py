"""Samples as tensors: uint8 photographs with masks or class indices, augmented where asked."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch.utils.data import Dataset
from torchvision import tv_tensors

from skinapp.data.pixels import read_image, read_mask
from skinapp.data.sample import Sample
from skinapp.imaging.cleaning import clean

Transform = Callable[..., tuple[torch.Tensor, torch.Tensor]]


class SegmentationDataset(Dataset):
    """uint8 (3, S, S) photographs with float32 (1, S, S) masks.

    Where a photograph has an alternative (its whole frame), that one is drawn with
    ``alternative_prob``.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        transform: Transform,
        alternatives: Sequence[Sample] = (),
        alternative_prob: float = 0.4,
    ):
        self.samples = samples
        self.transform = transform
        self.alternatives = {sample.key: sample for sample in alternatives}
        self.alternative_prob = alternative_prob

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        sample = self.samples[index]
        if sample.key in self.alternatives and torch.rand(()) < self.alternative_prob:
            sample = self.alternatives[sample.key]
        image = tv_tensors.Image(torch.from_numpy(read_image(sample.image)).permute(2, 0, 1))
        mask = tv_tensors.Mask(torch.from_numpy(read_mask(sample.mask))[None])
        image, mask = self.transform(image, mask)
        return image, mask.float()


class ClassificationDataset(Dataset):
    """uint8 (3, S, S) photographs with class indices; steps of ``cleaning`` come after the transform."""

    def __init__(self, samples: Sequence[Sample], transform: Transform, cleaning: Sequence[str] = ()):
        self.samples = samples
        self.transform = transform
        self.cleaning = cleaning

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        sample = self.samples[index]
        image = tv_tensors.Image(torch.from_numpy(read_image(sample.image)).permute(2, 0, 1))
        image = self.transform(image)
        if self.cleaning:
            square = clean(np.ascontiguousarray(image.permute(1, 2, 0).numpy()), self.cleaning)
            image = torch.from_numpy(square).permute(2, 0, 1)
        return image, sample.target
