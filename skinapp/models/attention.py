"""The spatial attention module of Thwin and Park (paper A), as in CBAM (Woo et al. 2018, eq. 5)."""

import torch
from torch import nn


class SpatialAttention(nn.Module):
    """One gate per pixel: sigmoid of a 7x7 convolution over the channel-wise mean and maximum.

    Input and output are (N, C, H, W). The convolution starts with zero weights and a bias of 2, so that
    every gate starts at 0.88 and pretrained features pass almost unchanged.
    """

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 1, kernel_size=7, padding=3)
        nn.init.zeros_(self.conv.weight)
        nn.init.constant_(self.conv.bias, 2.0)

    def gate(self, features: torch.Tensor) -> torch.Tensor:
        """The attention map, (N, 1, H, W) in [0, 1]."""
        pooled = torch.cat([features.mean(dim=1, keepdim=True), features.amax(dim=1, keepdim=True)], dim=1)
        return torch.sigmoid(self.conv(pooled))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return features * self.gate(features)
