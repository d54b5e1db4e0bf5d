"""Where a model runs, and in which precision."""

from dataclasses import dataclass

import torch

from skinapp.errors import ModelError
from skinapp.i18n import gettext as _

KINDS = ("cuda", "mps", "cpu")  # in order of preference


@dataclass(frozen=True)
class Placement:
    """A device with the precision and memory layout that suit it."""

    device: torch.device
    dtype: torch.dtype
    memory_format: torch.memory_format

    @property
    def words(self) -> str:
        """The placement in plain words, in the reader's language."""
        if self.device.type == "cuda":
            name = torch.cuda.get_device_name(self.device)
            return _("{device}, half precision").format(device=name)
        if self.device.type == "mps":
            return _("Apple GPU, single precision")
        return _("CPU, single precision")


def choose_placement(kind: str = "auto") -> Placement:
    """The placement for ``kind``: cuda, mps, cpu, or auto for the first of these that is there.

    Half precision only on CUDA: on the CPU bfloat16 moves probabilities by about 1 %, and on MPS half
    precision and channels-last convolutions depend too much on the version of the system. Raises
    `ModelError` for an unknown or absent device.
    """
    if kind == "auto":
        kind = next(known for known in KINDS if _is_there(known))
    if kind not in KINDS:
        raise ModelError(
            _("There is no kind of device called '{kind}'.").format(kind=kind),
            _("Set SKINAPP_DEVICE to auto, cpu, cuda or mps."),
        )
    if not _is_there(kind):
        raise ModelError(
            _("This computer has no device of the kind '{kind}' that PyTorch can use.").format(kind=kind),
            _("Set SKINAPP_DEVICE to auto or cpu, or install a PyTorch that supports the device."),
        )
    return _PLACEMENTS[kind]


def _is_there(kind: str) -> bool:
    if kind == "cuda":
        return torch.cuda.is_available()
    return kind == "cpu" or torch.backends.mps.is_available()


_PLACEMENTS = {
    "cuda": Placement(torch.device("cuda", 0), torch.float16, torch.channels_last),
    "mps": Placement(torch.device("mps"), torch.float32, torch.contiguous_format),
    "cpu": Placement(torch.device("cpu"), torch.float32, torch.channels_last),
}
