"""How tensors lie in a checkpoint: in half precision, in 8 bits with a scale for each output channel, in 6.

A large network that stays as somebody else trained it bears 6 bits where few values share a scale; in 4, as
in Dettmers & Zettlemoyer 2023 (arXiv 2212.09720), what CLIP's tokens say of a lesion suffers. Depthwise and
other small convolutions suffer most in 8 and weigh next to nothing, so that they stay in half precision.
"""

from pathlib import Path

import torch
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors

State = dict[str, torch.Tensor]

SCALE = ".scale"  # behind a tensor's name, that of its channels' or groups' scales
LEVELS = 127  # of 8 bits, on either side of zero
FEW_LEVELS = 31  # of 6 bits
GROUP = 128  # neighbours in a row that share a scale where they have 6 bits
LARGE = 2**15  # values that a matrix or convolution has at least to be kept in 8 or 6 bits


def to_bytes(state: State, bits: int = 16) -> bytes:
    """A safetensors file; with 8 ``bits`` its large matrices and convolutions as `quantized`, with 6 its
    large matrices as `packed` and the rest in half precision."""
    stored: State = {}
    for key, tensor in state.items():
        tensor = tensor.detach().cpu()
        if bits == 8 and _is_large(tensor):
            stored[key], stored[key + SCALE] = quantized(tensor)
        elif bits == 6 and _is_large(tensor) and _has_groups(tensor):
            stored[key], stored[key + SCALE] = packed(tensor)
        else:
            stored[key] = tensor.half() if tensor.is_floating_point() else tensor
    return save_safetensors({key: tensor.contiguous() for key, tensor in stored.items()})


def from_bytes(data: bytes) -> State:
    """The tensors of such a file in float32; those that are no fractions, as they are.

    `safetensors.SafetensorError` where it is none.
    """
    stored = load_safetensors(data)
    scales = {key: stored.pop(key + SCALE) for key in list(stored) if key + SCALE in stored}
    return {key: _widened(tensor, scales.get(key)) for key, tensor in stored.items()}


def as_kept(state: State, bits: int) -> State:
    """What a file of these tensors gives back: they have been rounded."""
    return from_bytes(to_bytes(state, bits))


def read_state(path: Path) -> State:
    """The same from a file whose hash nobody recorded."""
    return from_bytes(path.read_bytes())


def quantized(tensor: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """int8 of the same shape and float32 (C,): value = level x scale of its first index.

    Symmetric, the greatest magnitude of a channel at `LEVELS`; no value moves by more than half a scale
    (Krishnamoorthi 2018, arXiv 1806.08342, section 3.1: per-channel symmetric quantisation).
    """
    flat = tensor.float().flatten(1)
    scale = flat.abs().amax(dim=1) / LEVELS
    levels = (flat / scale.clamp(min=torch.finfo(torch.float32).tiny)[:, None]).round()
    return levels.to(torch.int8).view(tensor.shape), scale


def packed(matrix: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """uint8 (R, 3 C / 4) and float16 (R, C / GROUP) of a matrix (R, C): value = (6 bits - 32) x scale.

    Four neighbours fill three bytes, the first in the uppermost bits.
    """
    groups = matrix.float().unflatten(1, (-1, GROUP))
    scale = (groups.abs().amax(dim=2) / FEW_LEVELS).half()
    step = scale.float().clamp(min=torch.finfo(torch.float32).tiny)[..., None]
    levels = (groups / step).round().clamp(-FEW_LEVELS, FEW_LEVELS)
    fours = (levels + FEW_LEVELS + 1).int().reshape(len(matrix), -1, 4)
    word = fours[..., 0] << 18 | fours[..., 1] << 12 | fours[..., 2] << 6 | fours[..., 3]
    threes = torch.stack([word >> 16, word >> 8 & 255, word & 255], dim=2)
    return threes.to(torch.uint8).flatten(1), scale


def _unpacked(threes: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    threes = threes.int().unflatten(1, (-1, 3))
    word = threes[..., 0] << 16 | threes[..., 1] << 8 | threes[..., 2]
    fours = torch.stack([word >> 18, word >> 12 & 63, word >> 6 & 63, word & 63], dim=2)
    levels = fours.flatten(1).float() - (FEW_LEVELS + 1)
    return (levels.unflatten(1, (-1, GROUP)) * scale.float()[..., None]).flatten(1)


def _is_large(tensor: torch.Tensor) -> bool:
    return tensor.is_floating_point() and tensor.dim() > 1 and tensor.numel() >= LARGE


def _has_groups(tensor: torch.Tensor) -> bool:
    return tensor.dim() == 2 and tensor.shape[1] % GROUP == 0


def _widened(tensor: torch.Tensor, scale: torch.Tensor | None) -> torch.Tensor:
    if scale is None:
        return tensor.float() if tensor.is_floating_point() else tensor
    if tensor.dtype is torch.uint8:
        return _unpacked(tensor, scale)
    return tensor.float() * scale.view(-1, *[1] * (tensor.dim() - 1))
