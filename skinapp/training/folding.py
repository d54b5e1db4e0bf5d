"""Batch norm folded into the convolution before it: what is left trains faster, its statistics stay.

At fixed statistics batch norm is one affine map per channel, which the convolution can do itself
(Jacob et al. 2018, arXiv 1712.05877, section 3.2). Only where a convolution and its batch norm follow each
other in an `nn.Sequential`; a batch norm that activates too, as timm's do, stays.
"""

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_weights


class Folded(nn.Identity):
    """Stands where a batch norm was; an identity of the network's own is none."""


def fold(network: nn.Module) -> None:
    """Fold in place: batch norms become identities, and the convolutions before them get a bias."""
    for sequence, index in _pairs(network, nn.BatchNorm2d):
        convolution, norm = sequence[index], sequence[index + 1]
        convolution.weight, convolution.bias = fuse_conv_bn_weights(
            convolution.weight,
            convolution.bias,
            norm.running_mean,
            norm.running_var,
            norm.eps,
            norm.weight,
            norm.bias,
        )
        convolution.bias.requires_grad_(convolution.weight.requires_grad)  # a new bias has none
        sequence[index + 1] = Folded()


def unfold(network: nn.Module) -> None:
    """Undo `fold` in place: batch norms that add the bias alone, so that the tensors are named as before."""
    for sequence, index in _pairs(network, Folded):
        convolution = sequence[index]
        norm = nn.BatchNorm2d(convolution.out_channels).eval()
        norm.running_var.fill_(1 - norm.eps)
        norm.bias = convolution.bias
        convolution.bias = None
        sequence[index + 1] = norm.to(convolution.weight.device)


def _pairs(network: nn.Module, follower: type[nn.Module]) -> list[tuple[nn.Sequential, int]]:
    """Each sequence and place in it where a convolution with such a module behind it stands."""
    return [
        (sequence, index)
        for sequence in network.modules()
        if isinstance(sequence, nn.Sequential)
        for index in range(len(sequence) - 1)
        if isinstance(sequence[index], nn.Conv2d) and type(sequence[index + 1]) is follower
    ]
