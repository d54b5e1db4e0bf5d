"""Folding changes no answer, and what was folded is saved under the names that it had before."""

import copy

import pytest
import torch

from skinapp.models import registry
from skinapp.models.classifier import EfficientNetLiteClassifier
from skinapp.models.weights import load_model
from skinapp.training.folding import fold, unfold
from skinapp.training.loop import train
from skinapp.training.task import DataChoice
from tests.training.test_loop import options, recipe


@pytest.fixture
def network():
    """A classifier whose batch norms have seen something."""
    torch.manual_seed(0)
    made = registry.entry("tiny-ham7").build()
    for _pass in range(3):
        made(torch.randn(8, 3, 64, 64) * 3 + 1)
    return made.eval()


@torch.no_grad()
def test_a_folded_network_answers_as_before_and_keeps_no_batch_norm(network):
    batch = torch.randn(4, 3, 64, 64)
    folded = copy.deepcopy(network)
    fold(folded)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in folded.modules())
    torch.testing.assert_close(folded(batch), network(batch), rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_a_batch_norm_that_does_more_stays():
    """timm's holds the activation too."""
    torch.manual_seed(0)
    network = EfficientNetLiteClassifier(classes=7, scale=0).eval()
    batch = torch.randn(2, 3, 64, 64)
    folded = copy.deepcopy(network)
    fold(folded)
    torch.testing.assert_close(folded(batch), network(batch), rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_unfolding_gives_the_same_answers_under_the_same_names(network):
    batch = torch.randn(4, 3, 64, 64)
    made = copy.deepcopy(network)
    fold(made)
    unfold(made)
    assert made.state_dict().keys() == network.state_dict().keys()
    fresh = registry.entry("tiny-ham7").build().eval()
    fresh.load_state_dict(made.state_dict())
    torch.testing.assert_close(fresh(batch), network(batch), rtol=1e-4, atol=1e-5)


def test_an_identity_of_the_network_itself_is_left_alone():
    """The head of a U-Net is a convolution with one behind it."""
    made, plain = (registry.entry("tiny-unet").build().eval() for _ in range(2))
    fold(made)
    unfold(made)
    assert made.state_dict().keys() == plain.state_dict().keys()


def test_a_folded_bias_learns(network):
    fold(network)
    convolution = network.features[0][0]
    before = convolution.bias.detach().clone()
    network(torch.randn(2, 3, 64, 64)).square().sum().backward()
    torch.optim.SGD(network.parameters(), lr=0.1).step()
    assert not torch.equal(convolution.bias, before)


def test_folding_freezes_nothing_and_thaws_nothing(network):
    fold(network.requires_grad_(False))
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_a_folded_training_is_saved_as_any_other(data_dir, tmp_path):
    train("tiny-ham7", DataChoice(data_dir), options(tmp_path / "plain"))
    start = tmp_path / "plain" / "weights" / "tiny-ham7.safetensors"
    record = train(
        "tiny-ham7", DataChoice(data_dir), options(tmp_path, init=start), recipe("tiny-ham7", folded=True)
    )
    assert record["settings"]["folded"] is True
    before, after = (load_model("tiny-ham7", path)[0] for path in (start.parent, tmp_path / "weights"))
    assert before.state_dict().keys() == after.state_dict().keys()
    assert not torch.equal(before.features[0][0].weight, after.features[0][0].weight)
