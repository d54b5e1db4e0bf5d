"""A network for every model that is trained here: its own weights where they are there, else seeded ones."""

import shutil
from pathlib import Path

import torch

from skinapp.models import registry, zoo  # noqa: F401
from skinapp.models.attention import SpatialAttention
from skinapp.models.weights import (
    committee_hash,
    find_checkpoint,
    is_installed,
    save_checkpoint,
    weights_path,
    write_record,
)
from skinapp.settings import settings

TEMPERATURE = 1.5  # of the random weights
_NAMES = (*registry.names(), *registry.names(for_tests=True))
COMMITTEES = [name for name in _NAMES if registry.card(name).members]
TRAINED_HERE = [  # what is fetched from others is not there in tests
    name for name in _NAMES if registry.card(name).hub is None and name not in COMMITTEES
]


def save_every_network(folder: Path) -> None:
    """Put weights of each model in `TRAINED_HERE` into a folder, without what was fitted for their answers.

    And a record of each committee of them.
    """
    own = settings().weights_dir
    for name in TRAINED_HERE:
        if is_installed(name, own):
            shutil.copy(weights_path(name, own), folder)
            record = find_checkpoint(name, own).record
            write_record(
                name, folder, {key: value for key, value in record.items() if key not in ("cases", "gate")}
            )
        else:
            save_checkpoint(random_network(name), name, folder, {"temperature": TEMPERATURE})
    for name in COMMITTEES:
        members = [find_checkpoint(member, folder) for member in registry.card(name).members]
        known = {"name": name, "sha256": committee_hash(members), "temperature": TEMPERATURE, "parameters": 1}
        write_record(name, folder, known)


def random_network(name: str) -> torch.nn.Module:
    """A seeded network in evaluation mode whose features neither vanish nor explode.

    One batch in training mode sets the batch-norm statistics; gates leave their constant start.
    """
    torch.manual_seed(0)
    network = registry.entry(name).build()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
        if isinstance(module, SpatialAttention):
            torch.nn.init.normal_(module.conv.weight, std=0.1)
    with torch.no_grad():
        network.train()(torch.randn(4, 3, 96, 96))
    return network.eval().requires_grad_(False)
