"""Tensors in a file: half precision, or 8 bits against a hand-made case and torch's own quantiser."""

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors

from skinapp.models.storage import LEVELS, as_kept, from_bytes, quantized, to_bytes

STATE = {
    "conv.weight": torch.tensor([[[[2.54, -1.27]]], [[[0.0, 0.0]]], [[[-0.004, 0.001]]]]),
    "conv.bias": torch.tensor([0.1, 0.2, 1 / 3]),
    "norm.num_batches_tracked": torch.tensor(7),
}


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


def test_eight_bits_by_hand():
    levels, scale = quantized(STATE["conv.weight"])
    assert levels.flatten(1).tolist() == [[127, -64], [0, 0], [-127, 32]]  # -63.5 and 31.75 levels, rounded
    assert scale.tolist() == pytest.approx([0.02, 0.0, 0.004 / 127])
    stored = load_safetensors(to_bytes(STATE, eight_bits=True))
    assert stored["conv.weight"].dtype is torch.int8
    assert stored["conv.bias"].dtype is torch.float16, "what is no matrix stays in half precision"
    read = from_bytes(to_bytes(STATE, eight_bits=True))
    assert read.keys() == STATE.keys()
    assert read["conv.weight"].flatten().tolist() == pytest.approx(
        [2.54, -1.28, 0, 0, -0.004, 32 * 0.004 / 127]
    )


@pytest.mark.parametrize("shape", [(5, 3, 3, 3), (7, 64), (4, 1, 3, 3)])
def test_like_the_quantiser_of_torch(shape):
    weight = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    read = from_bytes(to_bytes({"weight": weight}, eight_bits=True))["weight"]
    scale = weight.abs().flatten(1).amax(1) / LEVELS
    zero = torch.zeros(len(weight), dtype=torch.int32)
    expected = torch.fake_quantize_per_channel_affine(weight, scale, zero, 0, -LEVELS, LEVELS)
    assert torch.allclose(read, expected, atol=1e-6)
    off = (read - weight).abs().flatten(1).amax(1)
    assert (off <= scale * 0.5001).all()


def test_a_second_time_changes_nothing():
    once = as_kept(STATE, eight_bits=True)
    assert not torch.equal(once["conv.weight"], STATE["conv.weight"])
    assert to_bytes(once, eight_bits=True) == to_bytes(STATE, eight_bits=True)


def test_another_file_is_refused():
    with pytest.raises(SafetensorError):
        from_bytes(b"\x80\x04K*.")
