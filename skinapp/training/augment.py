"""Augmentation of training rows: the list of paper B, dark corners, and frames seen from further away."""

import torch
from torch import nn
from torch.utils.data import default_collate
from torchvision import tv_tensors
from torchvision.transforms import v2

from skinapp.imaging.geometry import fit_square


class DarkCorners(nn.Module):
    """Blacken what lies outside a circle, as the tube of a dermatoscope does. Images only."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        height, width = image.shape[-2:]
        y = torch.linspace(-1, 1, height)[:, None] - _between(-0.1, 0.1)
        x = torch.linspace(-1, 1, width)[None] - _between(-0.1, 0.1)
        distance = (x**2 + y**2).sqrt()
        light = ((_between(0.95, 1.3) - distance) / _between(0.02, 0.15)).clamp(0, 1)
        return (image * light).to(image.dtype)


def segmentation_augmentation(side_px: int) -> v2.Transform:
    """Photograph and mask together, to a square of ``side_px``."""
    shrink = v2.Resize((side_px, side_px), antialias=True)
    return v2.Compose([shrink, *_geometry(shift=0.08, zoom=(0.75, 1.25)), _photometry()])


def classification_augmentation(side_px: int) -> v2.Transform:
    """Photograph to a square of ``side_px``; the crop's aspect varies as that of whole frames does."""
    crop = v2.RandomResizedCrop(side_px, scale=(0.5, 1.0), ratio=(3 / 4, 4 / 3), antialias=True)
    return v2.Compose([crop, *_geometry(shift=0.04, zoom=(0.9, 1.1)), _photometry()])


class MixedPairs:
    """A collate function that mixes the photographs of a share of the batches in pairs, and their classes.

    Half of these by mixup with alpha 0.4 (Zhang et al. 2018, arXiv 1710.09412), half by CutMix with alpha 1
    (Yun et al. 2019, arXiv 1905.04899). Gives uint8 (N, 3, S, S) and class shares (N, K) for all batches.
    """

    def __init__(self, classes: int, share: float):
        self.classes, self.share = classes, share
        self.mix = v2.RandomChoice([v2.MixUp(alpha=0.4, num_classes=classes), v2.CutMix(num_classes=classes)])

    def __call__(self, rows: list[tuple[torch.Tensor, int]]) -> tuple[torch.Tensor, torch.Tensor]:
        images, targets = default_collate(rows)
        if torch.rand(()) >= self.share:
            return images, nn.functional.one_hot(targets, self.classes).float()
        mixed, shares = self.mix(images.float(), targets)
        return mixed.round().byte(), shares


class FitSquare(v2.Transform):
    """What validation rows get: the very preprocessing of the app, see `fit_square`."""

    def __init__(self, side_px: int):
        super().__init__()
        self.side_px = side_px

    def transform(self, inpt, params):
        if isinstance(inpt, tv_tensors.Mask):
            return v2.functional.resize(inpt, [self.side_px, self.side_px])
        square = fit_square(inpt.permute(1, 2, 0).numpy(), self.side_px)
        return torch.from_numpy(square).permute(2, 0, 1)


def _geometry(shift: float, zoom: tuple[float, float]) -> list[v2.Transform]:
    affine = v2.RandomAffine(
        degrees=15,
        translate=(shift, shift),
        scale=zoom,
        shear=8,
        interpolation=v2.InterpolationMode.BILINEAR,
    )
    return [
        v2.RandomHorizontalFlip(),
        v2.RandomVerticalFlip(),
        affine,
        v2.RandomApply([QuarterTurn()]),
    ]


def _photometry() -> v2.Transform:
    jitter = v2.ColorJitter(brightness=0.2, contrast=0.2, saturation=0.2)
    return v2.Compose(
        [
            v2.RandomApply([jitter], p=0.8),
            v2.RandomApply([v2.ColorJitter(hue=0.03)], p=0.25),
            v2.RandomApply([OnImages(DarkCorners())], p=0.2),
            v2.RandomApply([v2.GaussianBlur(5, (0.3, 1.2))], p=0.1),
            v2.RandomApply([OnImages(_GaussianNoise())], p=0.2),
        ]
    )


class OnImages(v2.Transform):
    """Apply a module to photographs and leave masks alone."""

    def __init__(self, module: nn.Module):
        super().__init__()
        self.module = module

    def transform(self, inpt, params):
        return inpt if isinstance(inpt, tv_tensors.Mask) else self.module(inpt)


class QuarterTurn(v2.Transform):
    """Transpose photograph and mask; together with flips, every turn by 90 degrees."""

    def transform(self, inpt, params):
        return tv_tensors.wrap(inpt.transpose(-1, -2).contiguous(), like=inpt)


class _GaussianNoise(nn.Module):
    """Sensor noise on uint8 images, standard deviation up to 10 levels."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        noise = torch.randn(image.shape) * _between(1, 10)
        return (image + noise).clamp(0, 255).to(image.dtype)


def _between(low: float, high: float) -> float:
    return float(torch.empty(()).uniform_(low, high))
