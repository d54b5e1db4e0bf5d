"""Enlarging and convolving in one step gives what the two steps give."""

import copy

import pytest
import torch
import torch.nn.functional as F

from skinapp.engine.fusion import fold_batch_norm
from skinapp.engine.upsampling import DoublingBlock, doubling_kernel, replace_doubling_blocks
from skinapp.models.weights import load_model
from tests.networks import TRAINED_HERE

BLOCKS = {
    "unet": 5,
    "unet-attention": 5,
    "unetplusplus": 11,
    "unet-effb3": 5,
    "tiny-unet": 5,
    "tiny-unet-attention": 5,
}


def test_kernel_by_hand():
    """A kernel that copies the centre becomes a 2x2 box: each pixel is written four times."""
    weight = torch.zeros(1, 1, 3, 3)
    weight[0, 0, 1, 1] = 1
    assert doubling_kernel(weight)[0, 0].tolist() == [
        [0, 0, 0, 0],
        [0, 1, 1, 0],
        [0, 1, 1, 0],
        [0, 0, 0, 0],
    ]


def test_kernel_is_doubling_and_convolving():
    generator = torch.Generator().manual_seed(0)
    features, weight = (torch.randn(shape, generator=generator) for shape in ((2, 4, 5, 3), (6, 4, 3, 3)))
    expected = F.conv2d(F.interpolate(features, scale_factor=2, mode="nearest"), weight, padding=1)
    got = F.conv_transpose2d(features, doubling_kernel(weight), stride=2, padding=1)
    assert torch.allclose(got, expected, atol=1e-5)


@pytest.mark.parametrize("name", TRAINED_HERE)
def test_replacing_keeps_the_numbers(name, weights_dir):
    network = fold_batch_norm(load_model(name, weights_dir)[0])
    replaced = replace_doubling_blocks(copy.deepcopy(network))
    batch = torch.randn(2, 3, 96, 128, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        before, after = network(batch), replaced(batch)
    assert (after - before).abs().max() <= 1e-4 * before.abs().max()
    assert sum(isinstance(module, DoublingBlock) for module in replaced.modules()) == BLOCKS.get(name, 0)
    assert not any(module.training or module._forward_pre_hooks for module in replaced.modules())


def test_a_size_that_is_not_twice_is_refused(weights_dir):
    network = replace_doubling_blocks(fold_batch_norm(load_model("tiny-unet", weights_dir)[0]))
    with pytest.raises(ValueError, match=r"\(5, 4\)"):
        network.decoder.blocks[4](torch.zeros(1, 8, 2, 2), 5, 4)
