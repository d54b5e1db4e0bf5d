"""Spatial attention: the gate as a slow loop, and attention models with open gates as their plain twins."""

import numpy as np
import pytest
import torch

from skinapp.models import registry, zoo  # noqa: F401
from skinapp.models.attention import SpatialAttention
from skinapp.models.segmenter import AttentionDeepLabV3, AttentionUnet, Segmenter
from skinapp.models.weights import load_model

GATED = [
    name for name in (*registry.names(), *registry.names(for_tests=True)) if registry.card(name).has_gates
]


def slow_gate(features, weight, bias):
    """Eq. 5 of Woo et al. 2018 pixel by pixel: features (C, H, W), weight (2, 7, 7)."""
    _channels, height, width = features.shape
    pooled = np.zeros((2, height + 6, width + 6))
    pooled[0, 3:-3, 3:-3] = features.mean(axis=0)
    pooled[1, 3:-3, 3:-3] = features.max(axis=0)
    gate = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            score = (pooled[:, row : row + 7, column : column + 7] * weight).sum() + bias
            gate[row, column] = 1 / (1 + np.exp(-score))
    return gate


def test_gate_is_the_slow_loop():
    torch.manual_seed(0)
    attention = SpatialAttention()
    torch.nn.init.normal_(attention.conv.weight)
    features = torch.randn(2, 5, 6, 9)
    gates = attention.gate(features).detach()
    weight, bias = attention.conv.weight[0].detach().numpy(), attention.conv.bias.item()
    for gate, image in zip(gates, features, strict=True):
        assert np.allclose(gate[0].numpy(), slow_gate(image.numpy(), weight, bias), atol=1e-5)
    assert torch.equal(attention(features), features * attention.gate(features))


def test_gates_start_almost_open():
    gate = SpatialAttention().gate(torch.randn(1, 4, 8, 8))
    assert gate.min().item() == pytest.approx(0.8808, abs=1e-4)  # sigmoid(2)
    assert gate.max().item() == pytest.approx(0.8808, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "attention_class"),
    [("unet", AttentionUnet), ("tiny-unet", AttentionUnet), ("deeplabv3", AttentionDeepLabV3)],
)
def test_with_open_gates_it_is_the_plain_network(name, attention_class, weights_dir, monkeypatch):
    network, _checkpoint = load_model(name, weights_dir)
    assert type(network) is Segmenter
    gated = attention_class(network).eval()
    batch = torch.randn(1, 3, 96, 64, generator=torch.Generator().manual_seed(2))
    monkeypatch.setattr(SpatialAttention, "gate", lambda self, features: torch.ones_like(features[:, :1]))
    with torch.inference_mode():
        assert torch.allclose(gated(batch), network(batch), atol=1e-5)


@pytest.mark.parametrize("name", GATED)
def test_gates_can_be_read_and_do_something(name, weights_dir):
    network, _checkpoint = load_model(name, weights_dir)
    batch = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        (encoder, decoder), logits = network.gates(batch), network(batch)
    gates = [*encoder, *decoder]
    modules = [module for module in network.modules() if isinstance(module, SpatialAttention)]
    assert len(gates) == len(modules)
    for gate in gates:
        assert gate.shape[:2] == (1, 1)
        assert 0 <= gate.min() <= gate.max() <= 1
    with torch.inference_mode(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(SpatialAttention, "gate", lambda self, features: torch.ones_like(features[:, :1]))
        assert not torch.allclose(network(batch), logits)
