"""Where the cells of a map look, against the pixels that a cell depends on."""

import numpy as np
import pytest
import torch
from timm.layers import create_conv2d
from torch import nn

from skinapp.attribution.grid import SAMPLES, Grid, grid_of
from skinapp.engine.torch_engine import TorchEngine
from skinapp.models import registry, zoo  # noqa: F401
from skinapp.models.classifier import Classifier, Deviations

WIDTH_PX = 32


def centre_by_gradient(network, height_px, cell):
    """The middle of the rows that a cell's value depends on, where all weights are positive and all pixels
    of a pool count. The picture is as narrow as it may be: columns change nothing about rows."""
    for parent in [*network.modules()]:
        for name, module in parent.named_children():
            if isinstance(module, nn.Conv2d):
                nn.init.constant_(module.weight, 1 / module.weight[0].numel())
            if isinstance(module, nn.MaxPool2d):
                pool = nn.AvgPool2d(module.kernel_size, module.stride, module.padding)
                setattr(parent, name, pool)
    picture = torch.full((1, 3, height_px, WIDTH_PX), 1e-3, dtype=torch.float64, requires_grad=True)
    features = network.double().encode(picture)
    (gradient,) = torch.autograd.grad(features[0, :, cell, 0].sum(), picture)
    rows = gradient[0].abs().sum(dim=(0, 2)).nonzero().flatten()
    assert rows[0] > 0 and rows[-1] < height_px - 1, "the picture is too small"
    return (float(rows[0]) + float(rows[-1]) + 1) / 2


LAYERS = {
    "stride": lambda: nn.Conv2d(3, 3, 3, stride=2, padding=1),
    "valid": lambda: nn.Conv2d(3, 3, 5, stride=3),
    "dilated": lambda: nn.Conv2d(3, 3, 3, dilation=4),
    "mean": lambda: nn.AvgPool2d(2),
    "maximum": lambda: nn.MaxPool2d(3, stride=2, padding=1),
}


@pytest.mark.parametrize("second", LAYERS)
@pytest.mark.parametrize("first", LAYERS)
def test_two_layers(first, second):
    layers = [LAYERS[first](), nn.Conv2d(3, 3, 3, padding=1), LAYERS[second]()]
    network = Classifier(nn.Sequential(*layers), nn.Identity())
    grid = grid_of(network)
    for cell in (3, 5):
        expected = centre_by_gradient(network, 120, cell)
        assert grid.first_px + cell * grid.step_px == pytest.approx(expected)


def test_convolutions_that_pad_as_tensorflow_does():
    """One pixel more after the last than before the first, which no attribute of theirs tells."""
    layers = [create_conv2d(3, 3, kernel, stride=2, padding="same") for kernel in (3, 5, 3, 5)]
    network = Classifier(nn.Sequential(*layers), nn.Identity())
    grid = grid_of(network)
    assert grid.step_px == 16
    expected = centre_by_gradient(network, 192, 6)
    assert grid.first_px + 6 * grid.step_px == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "height_px"), [("mobilenetv2-ham7", 1024), ("resnet50-vgg-binary", 640), ("vgg16-ham7", 384)]
)
def test_published_networks(name, height_px):
    network = registry.entry(name).build().eval()
    grid = grid_of(network)
    if isinstance(network.features[-1], Deviations):
        del network.features[-1]  # a mean looks everywhere
    cell = int(height_px / grid.step_px / 2)
    expected = centre_by_gradient(network, height_px, cell)
    assert grid.first_px + cell * grid.step_px == pytest.approx(expected)


def test_aligned_maps_by_hand():
    """Cells that look at 0 and 4 of 8 px: what stretching would draw at 2 and 6."""
    maps = Grid(0.0, 4.0).aligned(np.array([[[1.0, 0.0], [1.0, 0.0]]]), 8)
    assert maps.shape == (1, 2 * SAMPLES, 2 * SAMPLES) and maps.dtype == np.float32
    places = (np.arange(2 * SAMPLES) + 0.5) / 2
    assert np.allclose(maps[0], np.clip(1 - places / 4, 0, 1), atol=1e-6)
    squares = Grid(2.0, 4.0).aligned(np.eye(2)[None], 8)[0]
    assert np.allclose(squares, squares[::-1, ::-1])


def test_the_engine_draws_heat_where_the_network_looks(weights_dir, photographs):
    """A map with heat in its first cell alone: that cell looks at the corner, not at a quarter of the way."""
    engine = TorchEngine(weights_dir, "cpu")
    model = engine._shelf.take("tiny-ham7")
    assert model.grid == Grid(0.5, 32.0)
    heat = model.heat(torch.tensor([[[1.0, 0.0], [0.0, 0.0]]]))[0] * model.checkpoint.reference_heat
    assert heat.argmax() == 0 and heat[0, 0] > 0.85
    assert heat[SAMPLES, SAMPLES] < 0.01
