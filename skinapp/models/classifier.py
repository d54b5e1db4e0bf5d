"""Classification networks of torchvision and timm, cut into their trunk and the head behind it.

Parameters are named as those name them, but for ``features.`` before those of ResNet, Inception and
EfficientNet, and ``features.transformer.`` before those of CLIP.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import timm
import torch
import torchvision
from timm.models import VisionTransformer
from torch import nn
from torchvision.models.mobilenetv2 import InvertedResidual

DEVIATIONS = "deviations"  # what the part of a trunk that makes them is called
SMALL_VARIANCE = 1e-8  # beside that of any token's channel
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
        trunk = _with_deviations(nn.Sequential(*features))
        super().__init__(trunk, _linear(2 * (narrow + wide), classes, dropout))


class ResNet50Classifier(Classifier):
    """ResNet-50 (He et al. 2016, arXiv 1512.03385)."""

    def __init__(self, classes: int, dropout: float = 0.5):
        net = torchvision.models.resnet50(num_classes=1)
        super().__init__(_without(net, "avgpool", "fc"), _linear(2048, classes, dropout))


class DenseNet169Classifier(Classifier):
    """DenseNet-169 (Huang et al. 2017, arXiv 1608.06993)."""

    def __init__(self, classes: int, dropout: float = 0.5):
        features = torchvision.models.densenet169(num_classes=1).features
        features.add_module("relu5", nn.ReLU())
        super().__init__(features, _linear(1664, classes, dropout))


class InceptionV3Classifier(Classifier):
    """Inception-v3 without its second output (Szegedy et al. 2016, arXiv 1512.00567); sides from 75 px."""

    def __init__(self, classes: int, dropout: float = 0.5):
        net = torchvision.models.inception_v3(num_classes=1, aux_logits=False, init_weights=False)
        super().__init__(_without(net, "avgpool", "dropout", "fc"), _linear(2048, classes, dropout))


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
        super().__init__(_with_deviations(features), _linear(2 * channels, classes, dropout))


class ClipClassifier(Classifier):
    """CLIP's ViT-B/16 (Radford et al. 2021, arXiv 2103.00020) up to a block, and what its tokens say.

    ``read`` counts the blocks behind which tokens are read, the last of them being the last that is there.
    Those of 16 x 16 pixels each are a map, whose mean and `Deviations` are read; the token of the class is
    a map too, see `_TransformerMaps`. What is read differs by orders of magnitude; batch norm evens it out,
    as before a linear layer in He et al. 2022 (arXiv 2111.06377, appendix A.1), and a layer of ``hidden``
    units follows. ``side_px`` is the side whose position embeddings are learnt; for others they are
    interpolated.
    """

    def __init__(self, classes: int, read: Sequence[int], hidden: int, width: int = 768, side_px: int = 224):
        transformer = _TransformerMaps(
            read,
            img_size=side_px,
            dynamic_img_size=True,
            patch_size=16,
            embed_dim=width,
            num_heads=width // 64,
            num_classes=0,
            pre_norm=True,
            final_norm=False,
            norm_layer=partial(nn.LayerNorm, eps=1e-5),
            act_layer="quick_gelu",
        )
        patches = len(read) * width
        trunk = nn.Sequential(OrderedDict(transformer=transformer))
        norm = nn.BatchNorm1d(3 * patches, eps=SMALL_VARIANCE, affine=False)
        hidden_layer = [nn.Dropout(), nn.Linear(3 * patches, hidden), nn.GELU()]
        head = nn.Sequential(norm, *hidden_layer, *_linear(hidden, classes, dropout=0.5))
        super().__init__(_with_deviations(trunk, patches), head)

    def first_stages(self, count: int) -> nn.Module:
        """What makes tokens of a picture, and the first ``count`` - 1 blocks."""
        transformer = self.features.transformer
        embedding = nn.ParameterList([transformer.cls_token, transformer.pos_embed])
        parts = [transformer.patch_embed, transformer.norm_pre, *transformer.blocks[: count - 1]]
        return nn.ModuleList([embedding, *parts])

    def attentions(self, batch: torch.Tensor) -> tuple[torch.Tensor, tuple[int, int]]:
        """Attention of every block, (depth, N, heads, T, T), rows sum to 1, and (h, w) with T = 1 + h * w.

        The class token stands in front.
        """
        passes = self.features.transformer.passes(batch)
        return torch.stack([_attention(block, before) for block, before, _after in passes]), _places(batch)


class VGG16Classifier(Classifier):
    """VGG-16 with batch norm (Simonyan & Zisserman 2015, arXiv 1409.1556) on pooled features.

    In place of its own three layers of 4,096, nine tenths of its parameters, it has one.
    """

    def __init__(self, classes: int, dropout: float = 0.5):
        features = torchvision.models.vgg16_bn(num_classes=1).features
        super().__init__(features, _linear(512, classes, dropout))


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


class _TransformerMaps(VisionTransformer):
    """(N, 3, H, W) to the tokens behind some blocks as maps, (N, 2 R C, H / 16, W / 16).

    First the tokens of places behind each of the R blocks, then the class token behind each. A class token
    is spread over the places by how much it attended to them in its block, the mean over the heads: the mean
    of its map is the token, and class activation maps show what of it comes from where.
    """

    def __init__(self, read: Sequence[int], **settings: Any):
        super().__init__(depth=max(read), **settings)
        self.read = tuple(read)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        places, classes = [], []
        for count, (block, before, after) in enumerate(self.passes(batch), start=1):
            if count in self.read:
                looked = _attention(block, before)[:, :, 0, 1:].mean(dim=1)
                shares = looked / looked.mean(dim=1, keepdim=True)
                places.append(after[:, 1:].transpose(1, 2))
                classes.append(after[:, 0, :, None] * shares[:, None])
        return torch.cat([*places, *classes], dim=1).unflatten(2, _places(batch))

    def passes(self, batch: torch.Tensor) -> Iterator[tuple[nn.Module, torch.Tensor, torch.Tensor]]:
        """Each block with the tokens (N, T, C) before and after it."""
        after = self.norm_pre(self._pos_embed(self.patch_embed(batch)))
        for block in self.blocks:
            before, after = after, block(after)
            yield block, before, after


def _attention(block: nn.Module, tokens: torch.Tensor) -> torch.Tensor:
    """What a block of timm computes on its way and keeps to itself, (N, heads, T, T)."""
    parts = block.attn.qkv(block.norm1(tokens)).unflatten(2, (3, block.attn.num_heads, -1))
    query, key, _value = parts.permute(2, 0, 3, 1, 4)
    return (query @ key.transpose(2, 3) * block.attn.scale).softmax(dim=-1)


def _places(batch: torch.Tensor) -> tuple[int, int]:
    """How many tokens a transformer makes of the sides of a batch of pictures."""
    return batch.shape[2] // 16, batch.shape[3] // 16


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


def _with_deviations(trunk: nn.Sequential, first: int | None = None) -> nn.Sequential:
    trunk.add_module(DEVIATIONS, Deviations(first))
    return trunk


def _linear(channels: int, classes: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(nn.Dropout(dropout), nn.Linear(channels, classes))
