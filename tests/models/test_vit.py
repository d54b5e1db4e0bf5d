"""The vision transformer on a convolutional stem."""

import pytest
import torch

from skinapp.models.classifier import MobileNetV2Classifier
from skinapp.models.vit import HybridViT
from skinapp.models.weights import load_initial_weights, save_checkpoint


@pytest.fixture
def network():
    torch.manual_seed(0)
    return HybridViT(classes=7, side_px=64, width=64, depth=3).eval()


def test_both_parts_make_the_whole(network):
    batch = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        features = network.encode(batch)
        assert features.shape == (2, 64, 4, 4)
        assert network.pool(features).shape == (2, 64)
        assert torch.allclose(network.decode(features), network(batch), atol=1e-6)


def test_attention_is_that_of_every_block(network):
    with torch.no_grad():
        attentions, size = network.attentions(torch.randn(2, 3, 64, 96))
    assert size == (4, 6)
    assert attentions.shape == (3, 2, 1, 24, 24)
    assert torch.allclose(attentions.sum(dim=-1), torch.ones(3, 2, 1, 24), atol=1e-5)


def test_blocks_compute_what_pytorchs_own_encoder_computes(network):
    """The same weights in torch.nn.TransformerEncoderLayer, norm first, give the same tokens."""
    block = network.blocks[0]
    reference = torch.nn.TransformerEncoderLayer(
        64, 1, 256, activation="gelu", layer_norm_eps=1e-12, batch_first=True, norm_first=True
    ).eval()
    attention = block.attention
    projections = (attention.q_proj, attention.k_proj, attention.v_proj)
    with torch.no_grad():
        reference.self_attn.in_proj_weight.copy_(torch.cat([one.weight for one in projections]))
        reference.self_attn.in_proj_bias.copy_(torch.cat([one.bias for one in projections]))
    pairs = (
        (reference.self_attn.out_proj, attention.o_proj),
        (reference.norm1, block.layernorm_before),
        (reference.norm2, block.layernorm_after),
        (reference.linear1, block.mlp.fc1),
        (reference.linear2, block.mlp.fc2),
    )
    for target, source in pairs:
        target.load_state_dict(source.state_dict())
    tokens = torch.randn(2, 9, 64)
    with torch.no_grad():
        assert torch.allclose(block(tokens), reference(tokens), atol=1e-5)


def test_places_matter(network):
    """Without position embeddings a transformer would not see that patches changed places."""
    network.position.data.normal_()
    grid = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        features = network.encode(grid)
        network.position.data = network.position.data.flip(2)
        assert not torch.allclose(network.encode(grid), features, atol=1e-3)


def test_the_stem_starts_from_a_mobilenet(network, tmp_path):
    classifier = MobileNetV2Classifier(classes=7)
    save_checkpoint(classifier, "tiny-ham7", tmp_path, {})
    taken, total = load_initial_weights(network, tmp_path / "tiny-ham7.safetensors")
    stem = len(network.features.state_dict())
    assert taken == stem < total
    key = "features.13.conv.2.weight"
    assert torch.allclose(network.state_dict()[key], classifier.state_dict()[key], atol=1e-3)
