"""The feature distance against a slow loop, and where its trunk comes from."""

from urllib.error import URLError

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision import models

from skinapp.errors import WeightsError
from skinapp.training import content


@pytest.fixture
def trunk():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 5, 3))


def test_distance_agrees_with_a_slow_loop(trunk):
    distance = content.FeatureDistance(trunk, taps=(1, 2))
    images = torch.rand(2, 1, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    by_tap = []
    for layers in (trunk[:2], trunk[:3]):
        first, second = (
            layers((image - distance.mean) / distance.std)[0].detach().numpy() for image in images
        )
        places = []
        for place in np.ndindex(first.shape[1:]):
            a, b = first[:, *place], second[:, *place]
            a, b = (vector / max(np.linalg.norm(vector), 1e-12) for vector in (a, b))
            places.append(((a - b) ** 2).sum())
        by_tap.append(np.mean(places))
    assert float(distance(*images)) == pytest.approx(np.mean(by_tap), rel=1e-5)


def test_equal_images_are_at_no_distance_and_content_loss_adds_the_error_of_pixels(trunk):
    distance = content.FeatureDistance(trunk, taps=(2,))
    image = torch.rand(1, 3, 8, 8)
    assert float(distance(image, image)) == 0
    loss = content.ContentLoss(distance)
    brighter = image + 0.1
    expected = float(distance(brighter, image)) + 0.1
    assert float(loss(brighter, image)) == pytest.approx(expected, rel=1e-5)


def test_the_gradient_reaches_the_image_and_not_the_trunk(trunk):
    image = torch.rand(1, 3, 8, 8, requires_grad=True)
    content.FeatureDistance(trunk, taps=(2,))(image, torch.rand(1, 3, 8, 8)).sum().backward()
    assert image.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in trunk.parameters())


def test_squeezenet_comes_from_a_file(tmp_path):
    torch.manual_seed(0)
    network = models.squeezenet1_1(weights=None)
    state = {key: tensor for key, tensor in network.state_dict().items() if key.startswith("features.")}
    save_file(state, tmp_path / "features.safetensors")
    distance = content.content_distance(str(tmp_path / "features.safetensors"))
    batch = torch.rand(1, 3, 32, 32)
    expected = network.features[:13](batch)
    assert torch.equal(distance.trunk(batch), expected)


def test_vgg19_ends_at_its_third_convolution_of_the_third_block(monkeypatch):
    build = models.vgg19
    monkeypatch.setattr(content.models, "vgg19", lambda weights: build(weights=None))  # no download
    trunk = content.content_distance("vgg19").trunk
    convolutions = [layer for layer in trunk if isinstance(layer, nn.Conv2d)]
    assert [layer.out_channels for layer in convolutions] == [64, 64, 128, 128, 256, 256, 256]
    assert isinstance(trunk[-1], nn.ReLU)


@pytest.mark.parametrize("there", [None, b"no tensors", "another network"])
def test_features_that_cannot_be_read_are_named(tmp_path, there):
    path = tmp_path / "features.safetensors"
    if there == "another network":
        save_file({"features.0.weight": torch.zeros(3)}, path)
    elif there:
        path.write_bytes(there)
    with pytest.raises(WeightsError, match=r"features\.safetensors") as caught:
        content.content_distance(str(path))
    assert "--content" in caught.value.hint


def test_without_a_network_vgg19_is_not_there(monkeypatch):
    def offline(weights):
        raise URLError("no network")

    monkeypatch.setattr(content.models, "vgg19", offline)
    with pytest.raises(WeightsError, match="'vgg19'"):
        content.content_distance("vgg19")
