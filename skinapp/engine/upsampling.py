"""U-Net decoder blocks that enlarge and convolve in one step: same numbers, less than half the arithmetic.

A decoder block of segmentation-models-pytorch doubles its input by nearest neighbour, appends the skip
connection and convolves with a 3x3 kernel W. Doubling makes each pixel four equal ones, so the part of W
that meets them is a transposed convolution of stride 2 whose 4x4 kernel is W (flipped, as transposed
convolutions are) summed over the four shifts of a 2x2 box; the skip connection keeps its part of W.
"""

import torch
import torch.nn.functional as F
from segmentation_models_pytorch.decoders.unet.decoder import UnetDecoderBlock
from segmentation_models_pytorch.decoders.unetplusplus.decoder import DecoderBlock
from torch import nn

_PROBE_PX = 64


class DoublingBlock(nn.Module):
    """One decoder block whose convolutions have their batch norm folded in already."""

    def __init__(self, block: nn.Module, in_channels: int):
        super().__init__()
        convolution, *_identity, activation = block.conv1
        weight = convolution.weight.detach()
        self.kernel = nn.Parameter(doubling_kernel(weight[:, :in_channels]))
        self.skip_kernel = nn.Parameter(weight[:, in_channels:].clone())
        self.bias = nn.Parameter(convolution.bias.detach().clone())
        self.activation, self.conv2 = activation, block.conv2

    def forward(
        self, features: torch.Tensor, *size: int, skip_connection: torch.Tensor | None = None
    ) -> torch.Tensor:
        """(N, C, h, w) and a skip connection (N, S, 2h, 2w) to (N, D, 2h, 2w)."""
        if size and size != (2 * features.shape[2], 2 * features.shape[3]):
            raise ValueError(f"expected twice the size of {tuple(features.shape[2:])}, got {size}")
        doubled = F.conv_transpose2d(features, self.kernel, self.bias, stride=2, padding=1)
        if skip_connection is not None:
            doubled = doubled + F.conv2d(skip_connection, self.skip_kernel, padding=1)
        return self.conv2(self.activation(doubled))


class DoublingBlockPlusPlus(DoublingBlock):
    """The same with the arguments of U-Net++."""

    def forward(self, features: torch.Tensor, skip: torch.Tensor | None = None) -> torch.Tensor:
        return super().forward(features, skip_connection=skip)


def doubling_kernel(weight: torch.Tensor) -> torch.Tensor:
    """(D, C, 3, 3) to the (C, D, 4, 4) that convolves the doubled input: sum over the 2x2 box of shifts."""
    flipped = weight.flip(2, 3).transpose(0, 1)
    return sum(F.pad(flipped, (left, 1 - left, top, 1 - top)) for left in (0, 1) for top in (0, 1))


_KINDS = {UnetDecoderBlock: DoublingBlock, DecoderBlock: DoublingBlockPlusPlus}


def replace_doubling_blocks(network: nn.Module) -> nn.Module:
    """Replace the decoder blocks in place; returns the network. Networks without such blocks stay.

    Batch norm must be folded in before (`fold_batch_norm`). On the CPU this takes about a fifth off U-Net
    and U-Net++; on other devices it has not been measured.
    """
    blocks = {name: block for name, block in network.named_modules() if _is_replaceable(block)}
    channels = _input_channels(network, blocks)
    for name, block in blocks.items():
        parent, _dot, key = name.rpartition(".")
        replacement = _KINDS[type(block)](block, channels[name])
        setattr(network.get_submodule(parent), key, replacement.eval())
    return network


def _is_replaceable(block: nn.Module) -> bool:
    return (
        type(block) in _KINDS
        and block.conv1 is not None
        and block.interpolation_mode == "nearest"
        and isinstance(block.attention1.attention, nn.Identity)
    )


def _input_channels(network: nn.Module, blocks: dict[str, nn.Module]) -> dict[str, int]:
    """How many channels each block enlarges; the blocks do not record it, so one small batch tells."""
    seen = {}
    hooks = [
        block.register_forward_pre_hook(
            lambda _block, inputs, name=name: seen.update({name: inputs[0].shape[1]})
        )
        for name, block in blocks.items()
    ]
    with torch.no_grad():
        if blocks:
            network(torch.zeros(1, 3, _PROBE_PX, _PROBE_PX))
    for hook in hooks:
        hook.remove()
    return seen
