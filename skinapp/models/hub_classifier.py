"""Image classifiers of the Hugging Face hub whose labels are the seven classes, called as our own are.

Transformers is imported when a network is built, not before: that takes seconds. Safetensors only, and no
code of a repository is run.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import torch
from torch import nn

from skinapp.errors import ModelError, WeightsError
from skinapp.i18n import gettext as _
from skinapp.i18n import marked
from skinapp.labels import HAM7_CODES
from skinapp.models import registry
from skinapp.models.card import Hub, ModelCard, Task
from skinapp.models.weights import Checkpoint, read_record, save_checkpoint

PREFIX = "hub-"  # of the names of such models
DEFAULT_SIDE_PX = 224
REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
MAX_PARAMETERS = 120_000_000  # a ViT-Base has 86 million
MAX_ADDED = 20  # kept on this computer
_adding = Lock()  # weights and record are of one fetch, though two visitors ask at once

# What the labels of published classifiers say, in letters alone.
_WORDS = {
    "akiec": ("akiec", "actinickeratoses", "actinickeratosis", "actinickeratosesandintraepithelialcarcinoma"),
    "bcc": ("bcc", "basalcellcarcinoma"),
    "bkl": ("bkl", "benignkeratosis", "benignkeratosislikelesions", "benignkeratosislikelesion"),
    "df": ("df", "dermatofibroma"),
    "mel": ("mel", "melanoma"),
    "nv": ("nv", "melanocyticnevi", "melanocyticnevus", "nevus"),
    "vasc": ("vasc", "vascularlesions", "vascularlesion", "vascular"),
}


class HubClassifier(nn.Module):
    """(N, 3, S, S) normalised RGB to (N, 7) logits in our order.

    ``config`` is the network's configuration as Transformers writes it, ``order`` the index of each of our
    classes among its labels. There is no common last feature map to explain: the logits themselves, (N, 7, 1,
    1), stand in for the features.
    """

    def __init__(self, config: dict[str, Any], order: tuple[int, ...]):
        from transformers import AutoConfig, AutoModelForImageClassification

        super().__init__()
        kind = AutoConfig.for_model(**config)
        self.network = AutoModelForImageClassification.from_config(kind, trust_remote_code=False)
        self.order = list(order)

    def encode(self, batch: torch.Tensor) -> torch.Tensor:
        """The logits as features, (N, 7, 1, 1)."""
        return self.network(pixel_values=batch).logits[:, self.order, None, None]

    def pool(self, features: torch.Tensor) -> torch.Tensor:
        """The same, (N, 7)."""
        return features.flatten(1)

    def decode(self, features: torch.Tensor) -> torch.Tensor:
        """The same, (N, 7)."""
        return features.flatten(1)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return self.decode(self.encode(batch))


@dataclass(frozen=True)
class Preprocessing:
    """What a network wants to see: the side of its square, mean and std on the 0..1 scale."""

    side_px: int
    mean: tuple[float, ...]
    std: tuple[float, ...]


def add_classifier(
    repo: str, folder: Path, revision: str | None = None, source: Path | None = None
) -> Checkpoint:
    """Fetch a classifier by its name on the hub, keep it in ``folder`` and register it.

    Without a ``revision`` the commit of the last time comes, else the newest; which one is recorded.
    ``source`` is a folder in place of the hub. Raises `ModelError` for what is no such name or has other
    labels, `WeightsError` where nothing or less than the whole network comes.
    """
    if not REPO.fullmatch(repo):
        raise ModelError(
            _("'{name}' is no name of a model on the hub.").format(name=repo),
            _("Names have the form owner/name."),
        )
    name = PREFIX + repo.replace("/", "--")
    with _adding:
        return _add(name, repo, folder, revision, source)


def _add(name: str, repo: str, folder: Path, revision: str | None, source: Path | None) -> Checkpoint:
    record = folder / f"{name}.json"
    if revision is None and record.is_file():
        revision = read_record(record)["hub"]["commit"]
    if not record.is_file() and sum(1 for _path in folder.glob(f"{PREFIX}*.json")) >= MAX_ADDED:
        raise ModelError(
            _("There are {count} added classifiers on this computer, which is the most.").format(
                count=MAX_ADDED
            ),
            _("Whoever runs it may delete some from the folder {folder}.").format(folder=folder),
        )
    network, order, preprocessing, commit = _fetched(str(source or repo), revision)
    record = {
        "hub": {"repo": repo, "commit": commit or revision},
        "config": network.config.to_dict(),
        "order": order,
        "preprocessing": vars(preprocessing),
        "parameters": sum(tensor.numel() for tensor in network.parameters()),
    }
    _register(name, record)
    own = registry.entry(name).build()
    own.network.load_state_dict(network.state_dict())
    return save_checkpoint(own.eval(), name, folder, record)


def register_added(folder: Path) -> None:
    """Register every classifier that was added to this folder before; damaged records are passed over."""
    for path in sorted(folder.glob(f"{PREFIX}*.json")):
        try:
            _register(path.stem, read_record(path))
        except (ValueError, KeyError, WeightsError):
            continue


def order_of(labels: dict[int, str]) -> tuple[int, ...]:
    """The index of each of our classes among the labels of a network; `ModelError` where they do not match.

    >>> order_of(dict(enumerate(["NV", "Melanoma", "vasc", "df", "bkl", "bcc", "Actinic-keratoses"])))
    (6, 5, 4, 3, 1, 0, 2)
    """
    plain = {index: re.sub(r"[^a-z]", "", label.lower()) for index, label in labels.items()}
    found = [[index for index, word in plain.items() if word in _WORDS[code]] for code in HAM7_CODES]
    if len(labels) != len(HAM7_CODES) or any(len(places) != 1 for places in found):
        raise ModelError(
            _("The labels of this classifier are not the seven classes: {labels}.").format(
                labels=", ".join(map(str, labels.values()))
            ),
            _("Choose one that was trained on HAM10000."),
        )
    return tuple(places[0] for places in found)


def _fetched(
    source: str, revision: str | None
) -> tuple[nn.Module, tuple[int, ...], Preprocessing, str | None]:
    from transformers import AutoConfig, AutoModelForImageClassification

    try:
        with TemporaryDirectory() as place:
            asked = {"revision": revision or "main", "cache_dir": place, "trust_remote_code": False}
            config = AutoConfig.from_pretrained(source, **asked)
            order = order_of({int(index): label for index, label in config.id2label.items()})
            _check_size(config)
            commit = getattr(config, "_commit_hash", None)
            asked["revision"] = commit or asked["revision"]  # all files of one commit
            network, told = AutoModelForImageClassification.from_pretrained(
                source, use_safetensors=True, output_loading_info=True, **asked
            )
            preprocessing = _preprocessing(source, asked)
    except (OSError, ValueError) as error:
        raise WeightsError(
            _("The classifier '{source}' cannot be fetched.").format(source=source),
            _("Check its name and the connection. It must be an image classifier with safetensors files."),
        ) from error
    if told["missing_keys"] or told["mismatched_keys"]:  # Transformers leaves these tensors at random
        raise WeightsError(
            _("The files of '{source}' do not hold the whole network.").format(source=source),
            _("Choose another classifier, or another commit of this one."),
        )
    return network.eval(), order, preprocessing, commit


def _check_size(config: Any) -> None:
    """`ModelError` for a network that is too large, before its files are fetched."""
    from transformers import AutoModelForImageClassification

    with torch.device("meta"):  # shapes alone
        network = AutoModelForImageClassification.from_config(config, trust_remote_code=False)
    count = sum(tensor.numel() for tensor in network.parameters())
    if count > MAX_PARAMETERS:
        raise ModelError(
            _("This classifier has {count} million parameters; {limit} million are the most.").format(
                count=count // 10**6, limit=MAX_PARAMETERS // 10**6
            ),
            _("Choose a smaller one."),
        )


def _preprocessing(source: str, asked: dict[str, Any]) -> Preprocessing:
    from transformers import AutoImageProcessor

    known = AutoImageProcessor.from_pretrained(source, **asked).to_dict()
    size = known.get("crop_size") if known.get("do_center_crop") else known.get("size")
    size = size if isinstance(size, dict) else {"height": size}
    side_px = size.get("height") or size.get("shortest_edge") or DEFAULT_SIDE_PX
    if not known.get("do_normalize", True):
        return Preprocessing(int(side_px), (0.0,) * 3, (1.0,) * 3)
    mean, std = (tuple(map(float, known[key])) for key in ("image_mean", "image_std"))
    return Preprocessing(int(side_px), mean, std)


def _register(name: str, record: dict[str, Any]) -> None:
    card, config, order = _card(name, record), record["config"], tuple(record["order"])
    registry.register(card)(lambda: HubClassifier(config, order))


def _card(name: str, record: dict[str, Any]) -> ModelCard:
    repo, seen = record["hub"]["repo"], record["preprocessing"]
    return ModelCard(
        name=name,
        title=repo,
        task=Task.CLASSIFICATION,
        labels=HAM7_CODES,
        architecture=", ".join(record["config"].get("architectures") or [record["config"]["model_type"]]),
        source=f"huggingface.co/{repo}",
        data=marked("As its authors say"),
        licence=marked("As its authors say"),
        intended_use=marked("A classifier of others to compare ours with, for research and teaching."),
        limits=(
            marked(
                "Not a medical device. It was trained by others, on data that may hold our test photographs, "
                "and was not measured here. It has no heat maps and no lists of possible classes."
            ),
        ),
        recipe=None,
        input_px=seen["side_px"],
        mean=tuple(seen["mean"]),
        std=tuple(seen["std"]),
        hub=Hub(repo, record["hub"]["commit"] or "main"),
        has_maps=False,
    )
