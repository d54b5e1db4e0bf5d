"""How tensors lie in a checkpoint: in half precision, or in 8 bits with a scale for each output channel."""

from pathlib import Path

import torch
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors

State = dict[str, torch.Tensor]

SCALE = ".scale"  # behind a tensor's name, that of its channels' scales
LEVELS = 127  # on either side of zero


def to_bytes(state: State, eight_bits: bool = False) -> bytes:
    """A safetensors file; with ``eight_bits`` its matrices and convolutions as `quantized`."""
    stored: State = {}
    for key, tensor in state.items():
        tensor = tensor.detach().cpu()
        if eight_bits and tensor.is_floating_point() and tensor.dim() > 1:
            stored[key], stored[key + SCALE] = quantized(tensor)
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


def as_kept(state: State, eight_bits: bool) -> State:
    """What a file of these tensors gives back: they have been rounded."""
    return from_bytes(to_bytes(state, eight_bits))


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


def _widened(tensor: torch.Tensor, scale: torch.Tensor | None) -> torch.Tensor:
    if scale is not None:
        return tensor.float() * scale.view(-1, *[1] * (tensor.dim() - 1))
    return tensor.float() if tensor.is_floating_point() else tensor
