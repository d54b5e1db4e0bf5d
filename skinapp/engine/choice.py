"""The engine for this computer: OpenVINO on a CPU where it is installed, PyTorch everywhere else."""

from pathlib import Path

from skinapp.engine.device import choose_placement
from skinapp.engine.torch_engine import TorchEngine
from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.settings import settings

KINDS = ("auto", "torch", "openvino")


def choose_engine(
    weights_dir: Path | None = None,
    device: str | None = None,
    kind: str | None = None,
    lighter: bool = False,
) -> TorchEngine:
    """The engine of this ``kind``: torch, openvino, or auto for the faster one of those that are there.

    ``lighter`` is for the live camera: OpenVINO then takes a model's bfloat16 or int8 form where one was
    measured and kept.

    What is not given comes from the settings. Raises `ModelError` for an unknown kind, and for OpenVINO
    where it is missing or another device than the CPU is asked for.
    """
    kind = kind or settings().engine
    if kind not in KINDS:
        raise ModelError(
            _("There is no engine called '{kind}'.").format(kind=kind),
            _("Set SKINAPP_ENGINE to auto, torch or openvino."),
        )
    on_cpu = choose_placement(device or settings().device).device.type == "cpu"
    if kind == "openvino" and not on_cpu:
        raise ModelError(
            _("OpenVINO runs the models on the CPU, and another device is chosen."),
            _("Set SKINAPP_DEVICE to cpu, or SKINAPP_ENGINE to auto."),
        )
    if kind == "torch" or not on_cpu:
        return TorchEngine(weights_dir, device)
    return _openvino_engine(weights_dir, lighter, required=kind == "openvino")


def _openvino_engine(weights_dir: Path | None, lighter: bool, required: bool) -> TorchEngine:
    try:
        from skinapp.engine.lighter import LighterEngine
        from skinapp.engine.openvino_engine import OpenVinoEngine
    except (ImportError, OSError):  # not installed, or not made for this system
        if required:
            raise ModelError(
                _("OpenVINO cannot be loaded on this computer."),
                _("Install it with: pip install openvino, or set SKINAPP_ENGINE to auto."),
            ) from None
        return TorchEngine(weights_dir, "cpu")
    return LighterEngine(weights_dir) if lighter else OpenVinoEngine(weights_dir)
