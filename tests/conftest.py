"""Weights for tests: the installed ones where there are any, else seeded random ones with live features."""

import shutil

import numpy as np
import pytest
import torch

from skinapp.models import registry, zoo  # noqa: F401
from skinapp.models.attention import SpatialAttention
from skinapp.models.weights import is_installed, record_path, save_checkpoint, weights_path
from skinapp.settings import settings

TEMPERATURE = 1.5  # of the random weights


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
        network.train()(torch.randn(4, 3, 64, 64))
    return network.eval().requires_grad_(False)


@pytest.fixture(scope="session")
def weights_dir(tmp_path_factory):
    """A folder with weights for every registered model."""
    folder = tmp_path_factory.mktemp("weights")
    for name in (*registry.names(), *registry.names(for_tests=True)):
        if is_installed(name, settings().weights_dir):
            for path in (weights_path, record_path):
                shutil.copy(path(name, settings().weights_dir), path(name, folder))
        else:
            save_checkpoint(random_network(name), name, folder, {"temperature": TEMPERATURE})
    return folder


@pytest.fixture(scope="session")
def photographs():
    """Eight different images of 90 x 120 pixels: a dark disc on noise."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:90, :120]
    images = rng.integers(120, 256, (8, 90, 120, 3), dtype=np.uint8)
    for shift, image in enumerate(images):
        image[(rows - 40) ** 2 + (columns - 30 - 8 * shift) ** 2 < 400] //= 3
    return images
