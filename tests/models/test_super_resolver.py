"""Super-resolution networks: where they start from, and the merging of branches."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from skinapp.models.super_resolver import (
    BranchedConvolution,
    LightGenerator,
    SRGANGenerator,
    bicubic,
    merge_branches,
)
from skinapp.models.zoo import light_x4, srresnet_x4


def test_bicubic_is_pillow_s():
    image = np.random.default_rng(0).integers(90, 160, (9, 7, 3), dtype=np.uint8)
    batch = torch.from_numpy(image).permute(2, 0, 1)[None].double()
    ours = bicubic(batch)[0].permute(1, 2, 0).clamp(0, 255).round().numpy()
    theirs = np.asarray(Image.fromarray(image).resize((28, 36), Image.Resampling.BICUBIC), np.float64)
    assert np.abs(ours - theirs).max() <= 1  # Pillow rounds between its two passes


@pytest.mark.parametrize("network", [SRGANGenerator(8, 1), LightGenerator(8, 1)])
def test_an_untrained_network_is_bicubic(network):
    batch = torch.rand(1, 3, 6, 5)
    assert torch.equal(network.eval()(batch), bicubic(batch))


def test_branches_are_a_square_and_a_point_convolution_and_the_identity():
    torch.manual_seed(0)
    convolution, features = BranchedConvolution(4), torch.randn(2, 4, 6, 5)
    branches = convolution.square(features) + convolution.point(features) + features
    torch.testing.assert_close(convolution(features), branches)


def test_merged_branches_give_the_same_numbers_without_branches():
    torch.manual_seed(0)
    network, features = LightGenerator(8, 2).eval(), torch.rand(1, 3, 8, 8)
    torch.nn.init.normal_(network.tail.weight)
    before = network(features)
    merged = merge_branches(network)
    assert not any(isinstance(module, BranchedConvolution) for module in merged.modules())
    torch.testing.assert_close(merged(features), before)


def test_the_light_generator_keeps_to_its_size():
    assert sum(parameter.numel() for parameter in light_x4.build().parameters()) <= 300_000


def test_the_generator_is_the_published_one():
    network = srresnet_x4.build()
    assert len(network.body) == 16 + 2  # blocks, then a convolution with batch norm
    shuffles = [module for module in network.modules() if isinstance(module, torch.nn.PixelShuffle)]
    assert [shuffle.upscale_factor for shuffle in shuffles] == [2, 2]
    first, last = network.head[0], network.tail
    assert first.kernel_size == last.kernel_size == (9, 9)
    block = network.body[0].eval()
    features = torch.randn(1, 64, 5, 5)
    one, _norm, _prelu, two, _norm2 = block.layers
    norm = 1 / np.sqrt(1 + 1e-5)  # fresh statistics: mean 0, variance 1
    inner = F.prelu(one(features) * norm, torch.full((1,), 0.25))
    torch.testing.assert_close(block(features), features + two(inner) * norm)
