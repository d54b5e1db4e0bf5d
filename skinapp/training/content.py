"""What photographs have in common for a network that names things: the content loss of SRGAN.

The trunk is VGG19 up to its block3_conv3, where torchvision can download it (paper D), or SqueezeNet 1.1
from a file. The distance is not LPIPS: nobody fitted its weights to what people see.
"""

from pathlib import Path

import torch
from safetensors import SafetensorError
from torch import nn
from torch.nn import functional as F
from torchvision import models

from skinapp.errors import WeightsError
from skinapp.i18n import gettext as _
from skinapp.models.feature_distance import FeatureDistance
from skinapp.models.storage import read_state

VGG19_TAPS = (15,)  # block3_conv3 and its ReLU
SQUEEZENET_TAPS = (1, 4, 7, 12)  # the first convolution, and the last fire module before each pooling


class ContentLoss(nn.Module):
    """Feature distance plus mean absolute error; the latter keeps the colours."""

    def __init__(self, distance: FeatureDistance):
        super().__init__()
        self.distance = distance

    def forward(self, images: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return self.distance(images, targets).mean() + F.l1_loss(images, targets)


def squeezenet_distance(path: Path) -> FeatureDistance:
    """With the ``features.*`` tensors of torchvision's squeezenet1_1 from a safetensors file."""
    network = models.squeezenet1_1(weights=None).features
    state, prefix = read_state(path), "features."
    network.load_state_dict(
        {key.removeprefix(prefix): tensor for key, tensor in state.items() if key.startswith(prefix)}
    )
    return FeatureDistance(_out_of_place(network), SQUEEZENET_TAPS)


def vgg19_distance() -> FeatureDistance:
    """With the ImageNet weights that torchvision downloads."""
    network = models.vgg19(weights=models.VGG19_Weights.IMAGENET1K_V1).features
    return FeatureDistance(_out_of_place(network), VGG19_TAPS)


def content_distance(source: str) -> FeatureDistance:
    """``vgg19`` downloads; anything else is the path of SqueezeNet's features.

    `WeightsError` where they cannot be downloaded or read.
    """
    try:
        return vgg19_distance() if source == "vgg19" else squeezenet_distance(Path(source))
    except (OSError, RuntimeError, SafetensorError) as error:
        raise WeightsError(
            _("The features of '{source}' for the content loss cannot be read.").format(source=source),
            _("Give SqueezeNet 1.1 as a safetensors file with --content; vgg19 is downloaded."),
        ) from error


def _out_of_place(network: nn.Sequential) -> nn.Sequential:
    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    return network
