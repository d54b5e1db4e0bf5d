"""What is known about the lighter forms of a model.

``NAME.live.json`` beside the weights says which form was kept for which weights; ``NAME.int8.xml`` and
``.bin`` hold the int8 graph, whose hash the record knows. Other weights than those, another graph, or a CPU
without bfloat16, and the model runs in single precision as everywhere else.
"""

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Any

from skinapp.models import registry
from skinapp.models.weights import read_record


class Form(StrEnum):
    """The arithmetic of a model."""

    SINGLE = "f32"
    BFLOAT16 = "bf16"
    INT8 = "int8"


def kept_form(name: str, folder: Path, sha256: str) -> Form:
    """The form kept for the weights with this hash; single precision where none was measured."""
    record = live_record(name, folder)
    if record.get("sha256") != sha256:
        return Form.SINGLE
    form = Form(record["kept"])
    is_damaged = form is Form.INT8 and record.get("graph_sha256") != int8_sha256(name, folder)
    return Form.SINGLE if is_damaged else form


def live_record(name: str, folder: Path) -> dict[str, Any]:
    """What was measured about the forms of a model; {} where nothing was."""
    path = live_record_path(name, folder)
    return read_record(path) if path.is_file() else {}


def live_record_path(name: str, folder: Path) -> Path:
    """The record of a model's lighter forms."""
    registry.entry(name)
    return folder / f"{name}.live.json"


def int8_path(name: str, folder: Path) -> Path:
    """The int8 graph of a model; its numbers lie beside it, ending in ``.bin``."""
    return folder / f"{name}.int8.xml"


def int8_files(name: str, folder: Path) -> tuple[Path, Path]:
    """Both files of an int8 graph."""
    path = int8_path(name, folder)
    return path, path.with_suffix(".bin")


def int8_sha256(name: str, folder: Path) -> str:
    """The hash of both files together, of nothing where they are missing."""
    return hashlib.sha256(
        b"".join(path.read_bytes() for path in int8_files(name, folder) if path.is_file())
    ).hexdigest()
