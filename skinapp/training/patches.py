"""Pairs of a small and a large patch of the same photograph, for super-resolution."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset

from skinapp.data.pixels import read_image
from skinapp.data.sample import Sample

Degradation = Callable[[np.ndarray, np.random.Generator], np.ndarray]  # large patch -> small patch

PATCHES_PER_EPOCH = 4000
LARGE_SHARE = 0.75  # of the patches come from the large photographs, the others from the small ones
HARD_SHARE = 0.5  # of the patches are the richest in detail of `HARD_CANDIDATES`: plain skin teaches little
HARD_CANDIDATES = 4
PER_SIDE = 3  # crops of a photograph, in a row and in a column


class RandomPatches(Dataset):
    """`PATCHES_PER_EPOCH` pairs, turned and flipped at random: small uint8, large float32 in [0, 1].

    ``large`` and ``small`` are photographs at about 1024 and 256 pixels. The patch of an index depends on
    ``seed`` alone. Photographs are decoded once and kept.
    """

    def __init__(
        self,
        large: Sequence[Sample],
        small: Sequence[Sample],
        side_px: int,
        degrade: Degradation,
        seed: Sequence[int],
    ):
        self.large, self.small = large, small
        self.side_px, self.degrade, self.seed = side_px, degrade, tuple(seed)

    def __len__(self) -> int:
        return PATCHES_PER_EPOCH

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        rng = np.random.default_rng([*self.seed, index])
        samples = self.large if not self.small or rng.random() < LARGE_SHARE else self.small
        image = _pixels(samples[rng.integers(len(samples))])
        candidates = HARD_CANDIDATES if rng.random() < HARD_SHARE else 1
        patch = max((self._patch(image, rng) for _ in range(candidates)), key=_detail)
        patch = np.rot90(patch, rng.integers(4))
        patch = np.ascontiguousarray(patch[:, ::-1] if rng.random() < 0.5 else patch)
        return _pair(patch, self.degrade(patch, rng))

    def _patch(self, image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        top, left = (int(rng.integers(length - self.side_px + 1)) for length in image.shape[:2])
        return image[top : top + self.side_px, left : left + self.side_px]


class CentralCrops(Dataset):
    """A grid of square crops around the centre of each photograph, degraded the same way every time."""

    def __init__(
        self, samples: Sequence[Sample], side_px: int, degrade: Degradation, per_side: int = PER_SIDE
    ):
        self.crops = [(sample, cell) for sample in samples for cell in np.ndindex(per_side, per_side)]
        self.side_px, self.degrade, self.per_side = side_px, degrade, per_side

    def __len__(self) -> int:
        return len(self.crops)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        sample, cell = self.crops[index]
        crop = central_crop(_pixels(sample), cell, self.side_px, self.per_side)
        return _pair(crop, self.degrade(crop, np.random.default_rng(index)))


def largest_side_px(train: Sequence[Sample], val: Sequence[Sample]) -> int:
    """What a side of the patches may be, a multiple of 4, so that none is larger than its photograph.

    Crops of ``val`` have twice that side, and lie `PER_SIDE` in a row.
    """
    sides = [_shorter_side(sample) for sample in train]
    return min(sides + [_shorter_side(sample) // (2 * PER_SIDE) for sample in val]) // 4 * 4


def central_crop(image: np.ndarray, cell: tuple[int, int], side_px: int, per_side: int) -> np.ndarray:
    """One cell of a grid of ``per_side`` x ``per_side`` squares in the middle of the image."""
    top, left = (
        (length - per_side * side_px) // 2 + place * side_px
        for length, place in zip(image.shape[:2], cell, strict=True)
    )
    if top < 0 or left < 0:
        raise ValueError(f"expected at least {per_side * side_px} pixels a side, got {image.shape[:2]}")
    return np.ascontiguousarray(image[top : top + side_px, left : left + side_px])


def _detail(patch: np.ndarray) -> float:
    """How much of a patch is lost when it is made small and large again: mean absolute error of green."""
    green = np.ascontiguousarray(patch[..., 1])
    side_px = green.shape[0]
    small = cv2.resize(green, (side_px // 4, side_px // 4), interpolation=cv2.INTER_AREA)
    again = cv2.resize(small, (side_px, side_px), interpolation=cv2.INTER_CUBIC)
    return float(cv2.absdiff(green, again).mean())


def _shorter_side(sample: Sample) -> int:
    """In pixels; from the head of the file, where it has one that can be read."""
    try:
        with Image.open(sample.image) as picture:
            return min(picture.size)
    except OSError:
        return min(read_image(sample.image).shape[:2])


_decoded: dict[Sample, np.ndarray] = {}


def _pixels(sample: Sample) -> np.ndarray:
    if sample not in _decoded:
        _decoded[sample] = read_image(sample.image)
    return _decoded[sample]


def _pair(large: np.ndarray, small: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    return _planes(small), _planes(large).float() / 255


def _planes(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)
