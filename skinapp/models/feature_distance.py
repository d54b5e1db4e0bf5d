"""How far apart two images are for a network that names things."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class FeatureDistance(nn.Module):
    """Mean distance of unit-length features at the taps of a trunk; images (N, 3, H, W) RGB in [0, 1].

    At each tap, features are scaled to length 1 over channels and the squared differences are summed over
    channels, averaged over places (Zhang et al. 2018, eq. 1, with all weights 1) and over the taps.
    """

    def __init__(self, trunk: nn.Sequential, taps: tuple[int, ...]):
        super().__init__()
        self.trunk = trunk[: taps[-1] + 1].eval().requires_grad_(False)
        self.taps = taps
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN)[:, None, None])
        self.register_buffer("std", torch.tensor(IMAGENET_STD)[:, None, None])

    def forward(self, images: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """One distance for each pair, (N,)."""
        return torch.stack([square.sum(1).mean((1, 2)) for square in self._squares(images, targets)]).mean(0)

    @torch.no_grad()
    def between(self, image: np.ndarray, target: np.ndarray) -> float:
        """The distance of two photographs, uint8 RGB (H, W, 3)."""
        pair = (torch.from_numpy(array).permute(2, 0, 1)[None] / 255 for array in (image, target))
        return float(self(*pair))

    def _squares(self, images: torch.Tensor, targets: torch.Tensor) -> Iterator[torch.Tensor]:
        """At each tap the squared differences of the unit-length features."""
        pairs = zip(self._features(images), self._features(targets), strict=True)
        return ((a - b).square() for a, b in pairs)

    def _features(self, images: torch.Tensor) -> list[torch.Tensor]:
        features, kept = (images - self.mean) / self.std, []
        for index, layer in enumerate(self.trunk):
            features = layer(features)
            if index in self.taps:
                kept.append(F.normalize(features, dim=1))
        return kept
