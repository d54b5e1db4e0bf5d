"""Classification networks of torchvision and timm, cut into their trunk and the head behind it.

Parameters are named as those name them, but for ``features.`` before those of ResNet, Inception and
EfficientNet.
"""

from collections import OrderedDict
from itertools import pairwise

import timm
import torch
import torchvision
from torch import nn
from torchvision.models.mobilenetv2 import InvertedResidual

DEVIATIONS = "deviations"  # what the part of a trunk that makes them is called
DEVIATION_FLOOR = 1e-3  # under the root, squared: a map that is the same everywhere still has a gradient


class Classifier(nn.Module):
    """(N, 3, H, W) normalised RGB to (N, K) logits: ``features``, their mean over pixels, ``classifier``.

    ``taps`` are the parts of ``features`` whose maps tell what kind of picture it is, where that is asked of
    this network, see `skinapp.models.texture`.
    """

    taps: tuple[int, ...] = ()

    def __init__(self, features: nn.Sequential, classifier: nn.Module):
        super().__init__()
        self.features = features
        self.classifier = classifier

    def first_stages(self, count: int) -> nn.Module:
        """The first parts of ``features``, to stay as they start in training."""
        return self.features[:count]

    def encode(self, batch: torch.Tensor) -> torch.Tensor:
        """The last feature map, (N, C, h, w)."""
        return self.features(batch)

    def pool(self, features: torch.Tensor) -> torch.Tensor:
        """The last feature map averaged over its pixels, (N, C)."""
        return features.mean(dim=(2, 3))

    def decode(self, features: torch.Tensor) -> torch.Tensor:
        """Logits from the last feature map."""
        return self.classifier(self.pool(features))

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return self.decode(self.encode(batch))


class MobileNetV2Classifier(Classifier):
    """MobileNetV2 (Sandler et al. 2018, arXiv 1801.04381), tapped at an 8th and at a 16th of the side.

    Without its last convolution: it reads the maps of its last two bottlenecks, and their `Deviations`.
    """

    taps = (6, 13)

    def __init__(self, classes: int, width: float = 1.0, dropout: float = 0.2):
        *features, last, _convolution = torchvision.models.mobilenet_v2(width_mult=width).features
        narrow, wide = last.conv[0][0].in_channels, last.conv[-1].num_features
        features.append(_LastBottleneck(narrow, wide, stride=1, expand_ratio=6))
        trunk = with_deviations(nn.Sequential(*features))
        super().__init__(trunk, linear_head(2 * (narrow + wide), classes, dropout))


class ResNet50Classifier(Classifier):
    """ResNet-50 (He et al. 2016, arXiv 1512.03385)."""

    def __init__(self, classes: int, dropout: float = 0.5):
        net = torchvision.models.resnet50(num_classes=1)
        super().__init__(_without(net, "avgpool", "fc"), linear_head(2048, classes, dropout))


class DenseNet169Classifier(Classifier):
    """DenseNet-169 (Huang et al. 2017, arXiv 1608.06993)."""

    def __init__(self, classes: int, dropout: float = 0.5):
        features = torchvision.models.densenet169(num_classes=1).features
        features.add_module("relu5", nn.ReLU())
        super().__init__(features, linear_head(1664, classes, dropout))


class InceptionV3Classifier(Classifier):
    """Inception-v3 without its second output (Szegedy et al. 2016, arXiv 1512.00567); sides from 75 px."""

    def __init__(self, classes: int, dropout: float = 0.5):
        net = torchvision.models.inception_v3(num_classes=1, aux_logits=False, init_weights=False)
        super().__init__(_without(net, "avgpool", "dropout", "fc"), linear_head(2048, classes, dropout))


class EfficientNetLiteClassifier(Classifier):
    """EfficientNet (Tan & Le 2019, arXiv 1905.11946) without squeeze-and-excitation, with ReLU6 (Liu 2020).

    Without its last convolution: it reads the maps of its last two stages, and their `Deviations`. ``scale``
    is 0 to 4. Padded as TensorFlow pads, where the ImageNet weights come from.
    """

    def __init__(self, classes: int, scale: int, dropout: float = 0.3):
        net = timm.create_model(f"tf_efficientnet_lite{scale}")
        channels = sum(stage[-1].conv_pwl.out_channels for stage in net.blocks[-2:])
        net.blocks[-1] = _LastStage(*net.blocks[-1])
        features = _without(net, "conv_head", "bn2", "global_pool", "classifier")
        super().__init__(with_deviations(features), linear_head(2 * channels, classes, dropout))


class VGG16Classifier(Classifier):
    """VGG-16 with batch norm (Simonyan & Zisserman 2015, arXiv 1409.1556) on pooled features.

    In place of its own three layers of 4,096, nine tenths of its parameters, it has one.
    """

    def __init__(self, classes: int, dropout: float = 0.5):
        features = torchvision.models.vgg16_bn(num_classes=1).features
        super().__init__(features, linear_head(512, classes, dropout))


class SmartphoneClassifier(Classifier):
    """ResNet-50 without its fifth stage and a small VGG: paper C's table, for squares of 224 px.

    14 x 14 x 1024 features of the fourth stage; 3x3 convolutions with batch norm to 32, 64, 64 and 128
    channels; means over 2 x 2 pixels, 7 x 7 x 128 = 6,272 numbers; dropout; 512 with tanh; the classes.
    ReLU after each batch norm, and the dropout's half, are not in the paper.
    """

    def __init__(self, classes: int = 2, dropout: float = 0.5):
        net = torchvision.models.resnet50(num_classes=1)
        features = _without(net, "layer4", "avgpool", "fc")
        widths = (1024, 32, 64, 64, 128)
        features.add_module(
            "convolutions", nn.Sequential(*(_convolution(*pair) for pair in pairwise(widths)))
        )
        head = nn.Sequential(
            nn.AdaptiveAvgPool2d(7),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(7 * 7 * 128, 512),
            nn.Tanh(),
            nn.Linear(512, classes),
        )
        super().__init__(features, head)

    def decode(self, features: torch.Tensor) -> torch.Tensor:
        """Logits from the last feature map, which this head sees before it is pooled."""
        return self.classifier(features)


def maps_of(network: nn.Module, batch: torch.Tensor) -> list[torch.Tensor]:
    """The feature maps at a classifier's ``taps``, where it has some, and what it encodes."""
    if not isinstance(network, Classifier) or not network.taps:
        return [network.encode(batch)]
    maps = []
    for index, part in enumerate(network.features):
        batch = part(batch)
        if index in network.taps:
            maps.append(batch)
    return [*maps, batch]


class Deviations(nn.Module):
    """Maps (N, C, h, w), then how far each of their places is from the mean of its map, (N, 2C, h, w).

    With m the mean of a map A over its places and d its standard deviation, the second kind of map is
    (A - m)^2 / d, whose mean is d. So a mean over places hands on both, as styles are summed up (Huang &
    Belongie 2017, arXiv 1703.06868, eq. 5 and 6), and class activation maps show what is read of either.
    With ``first``, of so many of the maps alone, (N, C + first, h, w).
    """

    def __init__(self, first: int | None = None):
        super().__init__()
        self.first = first

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        maps = batch[:, : self.first].float()
        squares = (maps - maps.mean(dim=(2, 3), keepdim=True)).square() + DEVIATION_FLOOR**2
        distances = squares / squares.mean(dim=(2, 3), keepdim=True).sqrt()
        return torch.cat([batch, distances.to(batch.dtype)], dim=1)


class _HandsOn(nn.Module):
    """A part of a trunk that hands on what it is given too, before its own maps of the same size."""

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return torch.cat([batch, super().forward(batch)], dim=1)


class _LastBottleneck(_HandsOn, InvertedResidual):
    """MobileNetV2's."""


class _LastStage(_HandsOn, nn.Sequential):
    """EfficientNet's."""


def _convolution(channels: int, width: int) -> nn.Sequential:
    convolution = nn.Conv2d(channels, width, 3, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(width), nn.ReLU(inplace=True))


def _without(network: nn.Module, *heads: str) -> nn.Sequential:
    """The parts of a network in their order, but for these."""
    return nn.Sequential(
        OrderedDict((name, part) for name, part in network.named_children() if name not in heads)
    )


def with_deviations(trunk: nn.Sequential, first: int | None = None) -> nn.Sequential:
    """The trunk, in place, with `Deviations` behind it."""
    trunk.add_module(DEVIATIONS, Deviations(first))
    return trunk


def linear_head(channels: int, classes: int, dropout: float) -> nn.Sequential:
    """Logits from pooled features (N, C), after dropout."""
    return nn.Sequential(nn.Dropout(dropout), nn.Linear(channels, classes))
