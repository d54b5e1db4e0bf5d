"""A classification network cut into its convolutional trunk and the head behind it."""

import torch
import torchvision
from torch import nn


class MobileNetV2Classifier(nn.Module):
    """(N, 3, H, W) normalised RGB to (N, K) logits. Parameters are named as torchvision names them."""

    def __init__(self, classes: int, width: float = 1.0, dropout: float = 0.2):
        super().__init__()
        net = torchvision.models.mobilenet_v2(num_classes=classes, width_mult=width, dropout=dropout)
        self.features = net.features
        self.classifier = net.classifier

    def encode(self, batch: torch.Tensor) -> torch.Tensor:
        """The last convolutional feature map, (N, C, h, w)."""
        return self.features(batch)

    def pool(self, features: torch.Tensor) -> torch.Tensor:
        """The last feature map averaged over its pixels, (N, C)."""
        return features.mean(dim=(2, 3))

    def decode(self, features: torch.Tensor) -> torch.Tensor:
        """Logits from the last feature map."""
        return self.classifier(self.pool(features))

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return self.decode(self.encode(batch))
