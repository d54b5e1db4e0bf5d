"""Tensors in a file: half precision, or 8 and 6 bits against hand-made cases and torch's own quantiser."""

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors

from skinapp.models.storage import FEW_LEVELS, GROUP, LEVELS, as_kept, from_bytes, packed, quantized, to_bytes

STATE = {
    "conv.weight": torch.tensor([[[[2.54, -1.27]]], [[[0.0, 0.0]]], [[[-0.004, 0.001]]]]),
    "conv.bias": torch.tensor([0.1, 0.2, 1 / 3]),
    "norm.num_batches_tracked": torch.tensor(7),
}


@pytest.fixture
def all_large(monkeypatch):
    monkeypatch.setattr("skinapp.models.storage.LARGE", 1)


def test_half_precision_is_the_rule():
    stored = load_safetensors(to_bytes(STATE))
    assert {key: tensor.dtype for key, tensor in stored.items()} == {
        "conv.weight": torch.float16,
        "conv.bias": torch.float16,
        "norm.num_batches_tracked": torch.int64,
    }
    read = from_bytes(to_bytes(STATE))
    assert torch.equal(read["conv.bias"], STATE["conv.bias"].half().float())
    assert read["norm.num_batches_tracked"] == 7


def test_eight_bits_by_hand(all_large):
    levels, scale = quantized(STATE["conv.weight"])
    assert levels.flatten(1).tolist() == [[127, -64], [0, 0], [-127, 32]]  # -63.5 and 31.75 levels, rounded
    assert scale.tolist() == pytest.approx([0.02, 0.0, 0.004 / 127])
    stored = load_safetensors(to_bytes(STATE, bits=8))
    assert stored["conv.weight"].dtype is torch.int8
    assert stored["conv.bias"].dtype is torch.float16, "what is no matrix stays in half precision"
    read = from_bytes(to_bytes(STATE, bits=8))
    assert read.keys() == STATE.keys()
    assert read["conv.weight"].flatten().tolist() == pytest.approx(
        [2.54, -1.28, 0, 0, -0.004, 32 * 0.004 / 127]
    )


@pytest.mark.parametrize("shape", [(5, 3, 3, 3), (7, 64), (4, 1, 3, 3)])
def test_like_the_quantiser_of_torch(shape, all_large):
    weight = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    read = from_bytes(to_bytes({"weight": weight}, bits=8))["weight"]
    scale = weight.abs().flatten(1).amax(1) / LEVELS
    zero = torch.zeros(len(weight), dtype=torch.int32)
    expected = torch.fake_quantize_per_channel_affine(weight, scale, zero, 0, -LEVELS, LEVELS)
    assert torch.allclose(read, expected, atol=1e-6)
    off = (read - weight).abs().flatten(1).amax(1)
    assert (off <= scale * 0.5001).all()


def test_what_is_small_stays_in_half_precision():
    state = {"depthwise": torch.randn(960, 1, 3, 3), "pointwise": torch.randn(512, 64, 1, 1)}
    kept = {key: tensor.dtype for key, tensor in load_safetensors(to_bytes(state, bits=8)).items()}
    assert kept == {
        "depthwise": torch.float16,
        "pointwise": torch.int8,
        "pointwise.scale": torch.float32,
    }


def test_a_second_time_changes_nothing(all_large):
    once = as_kept(STATE, bits=8)
    assert not torch.equal(once["conv.weight"], STATE["conv.weight"])
    assert to_bytes(once, bits=8) == to_bytes(STATE, bits=8)


def test_six_bits_by_hand():
    """One row of three groups: each has levels of its own scale, the last has nothing to keep."""
    row = torch.zeros(3, GROUP)
    row[0, :4] = torch.tensor([31.0, -1.0, 2.4, -31.0])
    row[1, :3] = torch.tensor([-62.0, 2.0, 4.0])
    threes, scale = packed(row.reshape(1, -1))
    assert scale.dtype is torch.float16 and scale.tolist() == [[1.0, 2.0, 0.0]]
    assert threes.dtype is torch.uint8 and threes.shape == (1, 3 * GROUP * 3 // 4)
    assert threes[0, :3].tolist() == [0b11111101, 0b11111000, 0b10000001]  # 63, 31, 34 and 1
    assert threes[0, GROUP * 3 // 4 :][:3].tolist() == [0b00000110, 0b00011000, 0b10100000]  # 1, 33, 34, 32
    assert threes[0, GROUP * 3 // 2 :].tolist() == [0b10000010, 0b00001000, 0b00100000] * (GROUP // 4)


def test_six_bits_like_the_quantiser_of_torch():
    weight = torch.randn(256, 4 * GROUP, generator=torch.Generator().manual_seed(0))
    groups = weight.reshape(-1, GROUP)
    scale = (groups.abs().amax(1) / FEW_LEVELS).half().float()
    zero = torch.zeros(len(groups), dtype=torch.int32)
    expected = torch.fake_quantize_per_channel_affine(groups, scale, zero, 0, -FEW_LEVELS, FEW_LEVELS)
    read = as_kept({"weight": weight}, bits=6)["weight"]
    assert read.shape == weight.shape
    assert torch.allclose(read.reshape(-1, GROUP), expected, atol=1e-6)


def test_six_bits_are_for_large_matrices():
    state = {
        "large": torch.randn(256, 256),
        "small": torch.randn(7, 256),
        "ragged": torch.randn(700, 100),
        "conv": torch.randn(64, 64, 4, 4),
    }
    stored = load_safetensors(to_bytes(state, bits=6))
    assert {key: tensor.dtype for key, tensor in stored.items()} == {
        "large": torch.uint8,
        "large.scale": torch.float16,
        "small": torch.float16,
        "ragged": torch.float16,
        "conv": torch.float16,
    }
    once = as_kept(state, bits=6)
    assert once.keys() == state.keys() and once["large"].dtype is torch.float32
    assert to_bytes(once, bits=6) == to_bytes(state, bits=6), "a second time changes nothing"


def test_another_file_is_refused():
    with pytest.raises(SafetensorError):
        from_bytes(b"\x80\x04K*.")
