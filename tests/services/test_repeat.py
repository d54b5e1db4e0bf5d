"""Trainings of several seeds, scored with the engine that the app has."""

import json
from dataclasses import replace

import pytest
import torch

from skinapp.engine.torch_engine import TorchEngine
from skinapp.models import registry
from skinapp.models.weights import load_model
from skinapp.services.repeat import repeat
from skinapp.services.scoring.tables import read_table, seed_tables
from skinapp.training.loop import train
from skinapp.training.task import DataChoice
from skinapp.training.trainer import RunOptions

RECIPE = replace(registry.card("tiny-unet").recipe, stages=((1, 96),))


def engine_of(folder):
    return TorchEngine(folder, "cpu")


def test_each_seed_is_trained_and_scored_at_the_side_it_was_trained_at(data_dir, tmp_path):
    choice = DataChoice(data_dir)
    options = RunOptions(run_dir=tmp_path / "runs", weights_dir=tmp_path / "weights")
    figures = repeat("tiny-unet", (1, 2), choice, options, engine_of, RECIPE)
    tables = seed_tables("tiny-unet", tmp_path / "weights")
    assert set(tables) == set(figures) == {1, 2}
    for seed, table in tables.items():
        crops = table.where("frame", "crop")
        assert crops.numbers("iou").mean() == pytest.approx(figures[seed]["crop"]["iou"], abs=1e-4)
        record = json.loads((tmp_path / "weights" / "seeds" / f"tiny-unet.seed{seed}.json").read_text())
        assert record["settings"]["seed"] == seed
        assert record["input_px"] == 96
        assert record["figures"]["crop"]["n"] == len(crops)
    states = [load_model("tiny-unet", tmp_path / "runs" / f"seed{seed}")[0].state_dict() for seed in (1, 2)]
    assert any(not torch.equal(states[0][key], states[1][key]) for key in states[0])


def test_a_second_call_trains_nothing_again(data_dir, tmp_path, monkeypatch):
    choice = DataChoice(data_dir)
    options = RunOptions(run_dir=tmp_path / "runs", weights_dir=tmp_path / "weights")
    first = repeat("tiny-unet", (1,), choice, options, engine_of, RECIPE)
    monkeypatch.setattr("skinapp.training.trainer.Trainer.run_epoch", lambda trainer: pytest.fail("trained"))
    assert repeat("tiny-unet", (1,), choice, options, engine_of, RECIPE) == first
    assert not read_table(tmp_path / "weights" / "tiny-unet.test.csv").rows


def test_the_engine_sees_what_the_training_saw(data_dir, tmp_path):
    options = RunOptions(run_dir=tmp_path / "runs", weights_dir=tmp_path)
    train("tiny-unet", DataChoice(data_dir), options, RECIPE)
    image = torch.randint(256, (80, 100, 3), dtype=torch.uint8).numpy()
    assert TorchEngine(tmp_path, "cpu").segment("tiny-unet", image).prob_map.shape == (96, 96)
