"""CLIP's tokens as timm computes them, and the attention behind them."""

import pytest
import timm
import torch
from safetensors.torch import save_file

from skinapp.models.clip import ClipClassifier
from skinapp.models.weights import load_initial_weights


@pytest.mark.parametrize("side_px", [32, 48])
@torch.no_grad()
def test_clip_reads_tokens_behind_two_blocks_as_in_timm(side_px, tmp_path):
    """Mean and deviation of the places, and the class token; at 48 px with interpolated positions."""
    torch.manual_seed(0)
    small = {"img_size": 32, "embed_dim": 128, "num_heads": 2, "num_classes": 0, "dynamic_img_size": True}
    theirs = timm.create_model("vit_base_patch16_clip_quickgelu_224", depth=4, **small).eval()
    save_file(theirs.state_dict(), tmp_path / "theirs.safetensors")
    ours = ClipClassifier(classes=7, read=(1, 3), hidden=8, width=128, side_px=32).eval()
    taken, total = load_initial_weights(ours, tmp_path / "theirs.safetensors")
    assert taken == total - 7
    batch = torch.randn(2, 3, side_px, side_px)
    tokens = theirs.norm_pre(theirs._pos_embed(theirs.patch_embed(batch)))
    behind = {}
    for count, block in enumerate(theirs.blocks, start=1):
        behind[count] = tokens = block(tokens)
    first, third = behind[1], behind[3]
    deviations = [tokens[:, 1:].std(dim=1, correction=0) for tokens in (first, third)]
    expected = [first[:, 1:].mean(1), third[:, 1:].mean(1), first[:, 0], third[:, 0], *deviations]
    features = ours.encode(batch)
    assert features.shape == (2, 6 * 128, side_px // 16, side_px // 16)
    assert torch.allclose(ours.pool(features), torch.cat(expected, dim=1), atol=1e-3)


@torch.no_grad()
def test_the_class_token_of_clip_is_drawn_where_it_looked():
    torch.manual_seed(0)
    network = ClipClassifier(classes=7, read=(2,), hidden=8, width=128, side_px=64).eval()
    batch = torch.randn(1, 3, 64, 96)
    attention, size = network.attentions(batch)
    looked = attention[1, 0, :, 0, 1:].mean(dim=0).reshape(size)
    token = network.features.transformer(batch)[0, 128:]
    shown = token[0] / token[0].mean()
    assert torch.allclose(shown, looked / looked.mean(), rtol=1e-3)
    assert token.shape == (128, 4, 6)


@torch.no_grad()
def test_clip_tells_the_attention_that_it_computes():
    """What the second block adds to its tokens is made of them by this attention."""
    torch.manual_seed(0)
    network = ClipClassifier(classes=7, read=(2,), hidden=8, width=128, side_px=64).eval()
    seen = []
    attend = network.features.transformer.blocks[1].attn
    attend.register_forward_hook(lambda _module, inputs, output: seen.append((inputs[0], output)))
    attentions, size = network.attentions(torch.randn(3, 3, 64, 96))
    assert size == (4, 6) and attentions.shape == (2, 3, 2, 25, 25)
    assert torch.allclose(attentions.sum(dim=-1), torch.ones(2, 3, 2, 25), atol=1e-5)
    [(tokens, added)] = seen
    values = attend.qkv(tokens)[..., 256:].reshape(3, 25, 2, 64)
    mixed = torch.einsum("nhij,njhc->nihc", attentions[1], values).reshape(3, 25, 128)
    assert torch.allclose(attend.proj(mixed), added, atol=1e-5)
