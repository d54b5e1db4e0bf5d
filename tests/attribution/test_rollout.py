"""Attention rollout by hand, against its definition written out, and on a network."""

import numpy as np
import pytest
import torch

from skinapp.attribution.grid import Grid
from skinapp.attribution.method import Method, methods_of
from skinapp.attribution.rollout import attention_rollout
from skinapp.engine.torch_engine import TorchEngine
from skinapp.errors import ModelError
from skinapp.models import registry
from skinapp.models.weights import load_model

ALL_LOOK_AT_THE_FIRST = [[1.0, 0.0], [1.0, 0.0]]


def test_one_block_by_hand():
    rolled = attention_rollout(torch.tensor([[ALL_LOOK_AT_THE_FIRST]]), places=2)
    assert rolled.tolist() == [0.75, 0.25]  # rows (1, 0) and (0.5, 0.5)


def test_two_blocks_by_hand():
    rolled = attention_rollout(torch.tensor([[ALL_LOOK_AT_THE_FIRST]] * 2), places=2)
    assert rolled.tolist() == [0.875, 0.125]  # rows (1, 0) and (0.75, 0.25)


def test_heads_count_alike():
    nowhere = [[0.0, 1.0], [0.0, 1.0]]
    rolled = attention_rollout(torch.tensor([[ALL_LOOK_AT_THE_FIRST, nowhere]]), places=2)
    assert rolled.tolist() == [0.5, 0.5]


def test_a_class_token_in_front_is_no_place():
    all_look_at_the_class = [[1.0, 0.0, 0.0]] * 3
    all_look_at_the_last = [[0.0, 0.0, 1.0]] * 3
    rolled = attention_rollout(torch.tensor([[all_look_at_the_last], [all_look_at_the_class]]), places=2)
    # after the first, rows (0.5, 0, 0.5), (0, 0.5, 0.5), (0, 0, 1); then means of themselves and the first
    assert rolled.tolist() == [0.125, 0.625]


def test_blocks_are_multiplied_in_their_order():
    attentions = torch.rand(5, 3, 6, 6, generator=torch.Generator().manual_seed(0)).softmax(dim=-1)
    expected = np.eye(6)
    for block in attentions.numpy():
        expected = (0.5 * block.mean(axis=0) + 0.5 * np.eye(6)) @ expected
    rolled = attention_rollout(attentions, places=6).numpy()
    assert rolled == pytest.approx(expected.mean(axis=0), abs=1e-6)
    assert rolled.sum() == pytest.approx(1, abs=1e-6)


def test_attention_of_several_images_is_refused():
    with pytest.raises(ValueError, match="heads"):
        attention_rollout(torch.zeros(2, 1, 3, 4, 4), places=4)


def test_the_engine_follows_a_transformer_and_no_other(weights_dir, photographs, monkeypatch):
    monkeypatch.setattr(Grid, "aligned", lambda _grid, maps, _side_px: maps)
    engine = TorchEngine(weights_dir, "cpu")
    maps = engine.explain_classes("tiny-vit7", photographs[0], Method.ROLLOUT)
    assert maps.shape == (7, 4, 4) and maps.dtype == np.float32
    assert maps.sum(axis=(1, 2)) == pytest.approx(np.ones(7), abs=1e-5)
    assert (maps == maps[0]).all()
    with pytest.raises(ModelError, match="cannot be explained in this way"):
        engine.explain_classes("tiny-ham7", photographs[0], Method.ROLLOUT)
    assert Method.ROLLOUT not in methods_of(registry.card("tiny-ham7"))


def test_the_engine_leaves_the_class_token_of_clip_out(weights_dir, photographs, monkeypatch):
    monkeypatch.setattr(Grid, "aligned", lambda _grid, maps, _side_px: maps)
    maps = TorchEngine(weights_dir, "cpu").explain_classes("tiny-clip7", photographs[0], Method.ROLLOUT)
    assert maps.shape == (7, 4, 4) and (maps > 0).all()
    assert 0.9 < maps[0].sum() < 1


def test_it_changes_with_the_weights(weights_dir):
    trained = load_model("tiny-vit7", weights_dir)[0]
    torch.manual_seed(5)
    other = registry.entry("tiny-vit7").build().eval()
    with torch.no_grad():
        for parameter in other.blocks.parameters():
            parameter.mul_(20)  # as they start, all places are attended to alike
    batch = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        maps = [attention_rollout(network.attentions(batch)[0][:, 0], 16) for network in (trained, other)]
    assert np.corrcoef(*(one.numpy() for one in maps))[0, 1] < 0.9
