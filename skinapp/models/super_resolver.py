"""Super-resolution networks: (N, 3, h, w) RGB in [0, 1] to (N, 3, 4h, 4w), values not clipped.

Each adds what it has learnt to the bicubic enlargement. Training then starts from bicubic and is spent on
detail alone; an untrained network draws what a photo viewer draws.
"""

import torch
import torch.nn.functional as F
from torch import nn

from skinapp.imaging.enlarging import SCALE


def bicubic(batch: torch.Tensor, scale: int = SCALE) -> torch.Tensor:
    """Bicubic enlargement with Keys' kernel of a = -0.5, as Pillow and MATLAB enlarge."""
    return F.interpolate(batch, scale_factor=scale, mode="bicubic", antialias=True)


class SRGANGenerator(nn.Module):
    """The generator of SRGAN (Ledig et al. 2017, arXiv 1609.04802, figure 4), added to bicubic.

    A 9x9 convolution, residual blocks, a long skip, two stages of pixel shuffle, and a 9x9 convolution.
    """

    def __init__(self, channels: int = 64, blocks: int = 16):
        super().__init__()
        self.head = nn.Sequential(nn.Conv2d(3, channels, 9, padding=4), nn.PReLU())
        self.body = nn.Sequential(
            *(ResidualBlock(channels) for _ in range(blocks)),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.enlarge = nn.Sequential(*(_doubling(channels) for _ in range(2)))
        self.tail = nn.Conv2d(channels, 3, 9, padding=4)
        nn.init.zeros_(self.tail.weight)
        nn.init.zeros_(self.tail.bias)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        shallow = self.head(batch)
        return self.tail(self.enlarge(shallow + self.body(shallow))) + bicubic(batch)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with batch norm, PReLU between them, added to the input."""

    def __init__(self, channels: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.PReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return features + self.layers(features)


class LightGenerator(nn.Module):
    """3x3 convolutions at the input's resolution and one pixel shuffle, added to bicubic.

    The design of efficient networks such as ECBSR (Zhang et al. 2021) and SPAN (Wan et al. 2024): all
    arithmetic at low resolution, and convolutions that have parallel branches while they learn.
    """

    def __init__(self, channels: int = 48, blocks: int = 12):
        super().__init__()
        self.head = nn.Conv2d(3, channels, 3, padding=1)
        self.body = nn.Sequential(
            *(nn.Sequential(BranchedConvolution(channels), nn.PReLU(channels)) for _ in range(blocks))
        )
        self.tail = nn.Conv2d(channels, 3 * SCALE**2, 3, padding=1)
        nn.init.zeros_(self.tail.weight)
        nn.init.zeros_(self.tail.bias)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        shallow = self.head(batch)
        detail = self.tail(shallow + self.body(shallow))
        return F.pixel_shuffle(detail, SCALE) + bicubic(batch)


class BranchedConvolution(nn.Module):
    """A 3x3 convolution, a 1x1 convolution and the identity, summed (RepVGG, arXiv 2101.03697).

    The three are one 3x3 convolution: the 1x1 kernel and the identity stand in its centre. The sum is
    taken over kernels instead of features, so that the branches cost next to nothing in training either.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.square = nn.Conv2d(channels, channels, 3, padding=1)
        self.point = nn.Conv2d(channels, channels, 1, bias=False)
        self.register_buffer("identity", torch.eye(channels)[..., None, None], persistent=False)
        with torch.no_grad():
            self.square.weight.mul_(0.5)
            self.point.weight.mul_(0.1)

    def kernel(self) -> torch.Tensor:
        """The weight (C, C, 3, 3) that does the work of all branches."""
        return self.square.weight + F.pad(self.point.weight + self.identity, (1, 1, 1, 1))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return F.conv2d(features, self.kernel(), self.square.bias, padding=1)

    def merged(self) -> nn.Conv2d:
        """The one convolution, without branches."""
        convolution = nn.Conv2d(*self.kernel().shape[:2][::-1], 3, padding=1)
        convolution.load_state_dict({"weight": self.kernel().detach(), "bias": self.square.bias.detach()})
        return convolution.train(self.training)


def merge_branches(network: nn.Module) -> nn.Module:
    """Replace every `BranchedConvolution` by its merged one, in place; returns the network."""
    for name, child in list(network.named_children()):
        if isinstance(child, BranchedConvolution):
            setattr(network, name, child.merged())
        else:
            merge_branches(child)
    return network


def _doubling(channels: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, 4 * channels, 3, padding=1), nn.PixelShuffle(2), nn.PReLU())
