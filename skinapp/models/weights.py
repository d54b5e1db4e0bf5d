"""Find, verify and load a checkpoint.

``NAME.safetensors`` holds the tensors, see `skinapp.models.storage`; ``NAME.json`` beside it holds the
SHA-256 of that file and everything training and evaluation know about it. Models that others trained lie in
the cache folder, whatever ``folder`` is asked; see `skinapp.models.fetching`. A committee has a record alone,
whose SHA-256 is that of its members' hashes.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import segmentation_models_pytorch as smp
import timm
import torchvision
from safetensors import SafetensorError
from torch import nn

from skinapp.errors import WeightsError
from skinapp.i18n import gettext as _
from skinapp.models import registry
from skinapp.models.card import ModelCard
from skinapp.models.storage import State, from_bytes, read_state, to_bytes
from skinapp.settings import settings

# before a trunk's tensors, where a file names them without
_PREFIXES = ("", "encoder.", "features.", "features.transformer.")
_ANSWERS = ("sha256", "input_px", "temperature")  # what a model's answers follow from, in its record


@dataclass(frozen=True)
class Checkpoint:
    """Where a model's weights lie and what is recorded beside them."""

    name: str
    path: Path
    record: dict[str, Any]

    @property
    def sha256(self) -> str:
        return self.record["sha256"]

    @property
    def card(self) -> ModelCard:
        """The model's card, with the side that this training ended at where it was another one."""
        card = registry.card(self.name)
        return replace(card, input_px=self.record.get("input_px", card.input_px))

    @property
    def temperature(self) -> float:
        """Divisor of the logits, fitted on validation rows; 1 where none was fitted."""
        return float(self.record.get("temperature", 1.0))

    @property
    def reference_heat(self) -> float:
        """The raw Grad-CAM value that is drawn as full heat, from validation rows; 1 where not measured."""
        return float(self.record.get("reference_heat", 1.0))

    def reference_heat_of(self, method: str) -> float:
        """The same for maps by another method; 1 where not measured."""
        known = {"grad-cam": self.reference_heat} | self.record.get("reference_heats", {})
        return float(known.get(method, 1.0))


def home_of(name: str, folder: Path) -> Path:
    """The folder of a model's files: ``folder`` for those trained here, the cache for fetched ones."""
    return settings().fetched_dir if registry.card(name).hub else folder


def record_path(name: str, folder: Path) -> Path:
    """The JSON record beside a model's weights."""
    return home_of(name, folder) / f"{name}.json"


def weights_path(name: str, folder: Path) -> Path:
    """The safetensors file of a model."""
    return home_of(name, folder) / f"{name}.safetensors"


def is_installed(name: str, folder: Path) -> bool:
    """True where both the weights and their record lie in ``folder``.

    Of a committee, where every member does and is still the one that the record is about.
    """
    if not record_path(name, folder).is_file():
        return False
    members = registry.card(name).members
    if not members:
        return weights_path(name, folder).is_file()
    if not all(is_installed(member, folder) for member in members):
        return False
    known = committee_hash(find_checkpoint(member, folder) for member in members)
    return known == read_record(record_path(name, folder))["sha256"]


def find_checkpoint(name: str, folder: Path) -> Checkpoint:
    """The checkpoint of a registered model; `WeightsError` where it is not installed."""
    registry.entry(name)
    if not is_installed(name, folder):
        raise WeightsError(
            _("The weights of '{name}' are not installed.").format(name=name),
            _way_to_get(registry.card(name)).format(name=name),
        )
    return Checkpoint(name, weights_path(name, folder), read_record(record_path(name, folder)))


def committee_hash(members: Iterable[Checkpoint]) -> str:
    """What tells one committee from another: the SHA-256 of the hashes of its members in their order."""
    return hashlib.sha256("".join(member.sha256 for member in members).encode()).hexdigest()


def read_record(path: Path) -> dict[str, Any]:
    """A JSON record; `WeightsError` where it is damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:  # of the JSON, or of its letters
        raise WeightsError(
            _("The record '{name}' beside the weights is damaged.").format(name=path.name),
            _("Restore the file, or train the model again."),
        ) from None


def load_model(name: str, folder: Path) -> tuple[nn.Module, Checkpoint]:
    """A model in evaluation mode with verified weights in float32, and its checkpoint.

    Raises `WeightsError` where the file is missing, its SHA-256 differs from the record, or its tensors
    do not fit the architecture, and `ModelError` for a committee.
    """
    checkpoint = find_checkpoint(name, folder)
    model = registry.entry(name).build()
    state = read_verified(checkpoint.path, checkpoint.sha256)
    try:
        model.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise WeightsError(
            _("The weights of '{name}' do not fit its architecture.").format(name=name),
            _("Train the model again, or restore the file that belongs to this version."),
        ) from error
    model.requires_grad_(False)
    return model.eval(), checkpoint


def save_checkpoint(model: nn.Module, name: str, folder: Path, record: dict[str, Any]) -> Checkpoint:
    """Write a model's weights, as its card says, with their record; returns the checkpoint."""
    data = to_bytes(model.state_dict(), registry.card(name).bits)
    path = weights_path(name, folder)
    write_atomically(path, data)
    record = {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} | record
    return Checkpoint(name, path, renew_record(name, folder, record))


def renew_record(name: str, folder: Path, record: dict[str, Any]) -> dict[str, Any]:
    """Write the record of what was made anew, and return it.

    Where that answers as before, see `_ANSWERS`, what was measured of it and fitted to it stays.
    """
    try:
        before = read_record(record_path(name, folder))
    except (FileNotFoundError, WeightsError):
        before = {}
    if all(before.get(key) == record.get(key) for key in _ANSWERS):
        record = before | record
    write_record(name, folder, record)
    return record


def write_record(name: str, folder: Path, record: dict[str, Any]) -> None:
    """Write the JSON record beside a model's weights."""
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    write_atomically(record_path(name, folder), text.encode())


def read_verified(path: Path, sha256: str) -> State:
    """The tensors of a safetensors file in float32; see `verified_bytes`."""
    return from_bytes(verified_bytes(path, sha256))


def verified_bytes(path: Path, sha256: str) -> bytes:
    """What is in a file; `WeightsError` where it is missing or its SHA-256 is another."""
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise WeightsError(
            _("The file '{file}' is missing or damaged: its hash is not the recorded one.").format(
                file=path.name
            ),
            _("Restore the file from the repository, or install it again."),
        )
    return data


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file that is there as a whole or not at all, in a folder that is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{uuid4().hex}.partial")  # nobody else's who writes it too
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _way_to_get(card: ModelCard) -> str:
    if card.hub:
        return _("Fetch them with: python -m skinapp install {name}")
    if card.members:
        return _("Form the committee anew with: python -m skinapp form {name} --data DIR")
    return _("Train them with: python -m skinapp train {name} --data DIR --init FILE")


def load_initial_weights(model: nn.Module, path: Path) -> tuple[int, int]:
    """Copy the tensors of a safetensors file that fit ``model`` by name and shape.

    The file is a checkpoint of this project or names its tensors as torchvision does; a segmentation
    model then takes them for its encoder. Returns how many tensors were taken and how many the model has.
    `WeightsError` where it cannot be read, or is not the one that a record beside it tells of.
    """
    record = path.with_suffix(".json")
    sha256 = read_record(record).get("sha256") if record.is_file() else None
    try:
        state = read_verified(path, sha256) if sha256 else read_state(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            _("The initial weights '{path}' cannot be read.").format(path=path),
            _("Give a safetensors file with --init."),
        ) from error
    return _take_fitting(model, state, str(path))


def load_imagenet_weights(model: nn.Module, encoder: str) -> tuple[int, int]:
    """The same with the pretrained weights of an encoder, downloaded by segmentation-models-pytorch.

    A network that it does not have comes from torchvision or timm. `WeightsError` where there is none of this
    name or it cannot be downloaded.
    """
    try:
        if encoder in smp.encoders.encoders:
            state = smp.encoders.get_encoder(encoder, weights="imagenet").state_dict()
        elif encoder in torchvision.models.list_models():
            state = torchvision.models.get_model(encoder, weights="DEFAULT").state_dict()
        else:
            state = timm.create_model(encoder, pretrained=True).state_dict()
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise WeightsError(
            _("The ImageNet weights of the encoder '{encoder}' cannot be downloaded.").format(
                encoder=encoder
            ),
            _("Connect to the internet, or give a safetensors file with --init."),
        ) from error
    return _take_fitting(model, state, "imagenet")


def _take_fitting(model: nn.Module, state: State, source: str) -> tuple[int, int]:
    own = model.state_dict()
    fitting = max((_fitting(state, own, prefix) for prefix in _PREFIXES), key=len)
    if not fitting:
        raise WeightsError(
            _("No tensor of '{path}' fits this model.").format(path=source),
            _("Give the weights of the model's encoder, named as torchvision names them."),
        )
    model.load_state_dict(fitting, strict=False)
    return len(fitting), len(own)


def _fitting(state: State, own: State, prefix: str) -> State:
    named = {prefix + key: tensor for key, tensor in state.items()}
    return {key: tensor for key, tensor in named.items() if key in own and own[key].shape == tensor.shape}
