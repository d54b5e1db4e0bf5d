"""What metadata adds, on rows whose answer is known."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from skinapp.engine.torch_engine import TorchEngine
from skinapp.errors import ModelError
from skinapp.models import registry
from skinapp.models.metadata import FACTS, facts_of
from skinapp.models.weights import load_model, save_checkpoint
from skinapp.patient import Patient
from skinapp.training.loop import train
from skinapp.training.metadata import best_share, shift_weights
from skinapp.training.task import DataChoice
from skinapp.training.trainer import RunOptions


def softmax(logits):
    shares = np.exp(logits - logits.max())
    return shares / shares.sum()


@pytest.fixture(scope="module")
def weights():
    """Three quarters of class 0 are men, a quarter of class 1; there are twice as many of class 0."""
    men = {0: (300, 100), 1: (50, 150)}
    facts, targets = [], []
    for target, (male, female) in men.items():
        facts += [facts_of(Patient(sex="male"))] * male + [facts_of(Patient(sex="female"))] * female
        targets += [target] * (male + female)
    return shift_weights(np.stack(facts), np.array(targets), 2)


def test_the_shift_is_what_bayes_rule_says(weights):
    assert weights.shape == (2, FACTS)
    prior = np.log([2 / 3, 1 / 3])
    for sex, expected in (("male", 300 / 350), ("female", 100 / 250)):
        probs = softmax(prior + weights @ facts_of(Patient(sex=sex)))
        assert probs[0] == pytest.approx(expected, abs=0.02)


def test_facts_that_no_row_has_shift_nothing(weights):
    assert np.abs(weights @ facts_of(Patient(age=50, site="back"))).max() < 1e-3


def test_the_share_is_none_where_facts_mislead_and_whole_where_they_tell():
    logits, targets = np.zeros((40, 2)), np.repeat([0, 1], 20)
    telling = np.where(np.arange(2) == targets[:, None], 1.0, -1.0)
    assert best_share(logits, telling, targets) == 1.5
    assert best_share(logits, -telling, targets) == 0
    half = np.where(np.arange(40)[:, None] % 4 == 0, -telling, telling)  # right in three of four
    expected = np.log(3) / 2
    assert best_share(logits, half, targets) == pytest.approx(expected, abs=0.03)


@pytest.fixture
def sites(data_dir):
    """Rows whose class follows from the site; the site of each class."""
    table = data_dir / "ham10000" / "HAM10000_metadata.csv"
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    places = ("ear", "face", "foot", "hand", "neck", "back", "scalp")
    sites = dict(zip(sorted({row["dx"] for row in rows}), places, strict=True))
    for row in rows:
        row |= {"age": "", "sex": "unknown", "localization": sites[row["dx"]]}
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return sites


@pytest.fixture
def told(data_dir, sites, weights_dir, tmp_path):
    """A training on such rows: the folder with its weights, and the sites."""
    options = RunOptions(tmp_path / "runs", tmp_path / "told", init=weights_dir / "tiny-ham7.safetensors")
    train("tiny-ham7-meta", DataChoice(data_dir), options)
    return tmp_path / "told", sites


def test_a_training_adds_metadata_to_a_classifier_and_leaves_the_rest(told, weights_dir):
    folder, _sites = told
    network, checkpoint = load_model("tiny-ham7-meta", folder)
    before, known = load_model("tiny-ham7", weights_dir)
    assert checkpoint.temperature == known.temperature
    for key, tensor in before.state_dict().items():
        assert np.allclose(network.state_dict()[key], tensor, atol=2e-3), key
    assert json.loads((folder / "tiny-ham7-meta.json").read_text())["init"]["file"] == "tiny-ham7.safetensors"


def test_another_seed_leaves_out_other_facts(data_dir, sites, weights_dir, tmp_path):
    options = RunOptions(tmp_path / "runs", tmp_path, init=weights_dir / "tiny-ham7.safetensors")
    learnt = []
    for seed in (0, 0, 1):
        recipe = replace(registry.card("tiny-ham7-meta").recipe, seed=seed)
        train("tiny-ham7-meta", DataChoice(data_dir), options, recipe)
        learnt.append(load_model("tiny-ham7-meta", tmp_path)[0].metadata.weight)
    assert torch.equal(learnt[0], learnt[1])
    assert not torch.equal(learnt[1], learnt[2])


def test_the_engine_tells_it_and_it_changes_its_mind(told, photographs):
    folder, sites = told
    engine = TorchEngine(folder, "cpu")
    alone = engine.classify("tiny-ham7-meta", photographs[0])
    assert not alone.patient.is_known
    for index, code in enumerate(alone.codes):
        heard = engine.classify("tiny-ham7-meta", photographs[0], patient=Patient(site=sites[code]))
        assert heard.probs[index] > alone.probs[index]
        assert heard.probs.sum() == pytest.approx(1, abs=1e-5)
        assert heard.patient.site == sites[code]
        assert np.allclose(heard.heatmaps, alone.heatmaps, atol=1e-6)


def test_a_model_without_metadata_hears_nothing(weights_dir, photographs):
    engine = TorchEngine(weights_dir, "cpu")
    told = engine.classify("tiny-ham7", photographs[0], patient=Patient(50))
    assert np.array_equal(told.probs, engine.classify("tiny-ham7", photographs[0]).probs)
    assert not told.patient.is_known


def test_without_a_classifier_to_add_to_it_says_what_to_give(data_dir, tmp_path):
    with pytest.raises(ModelError) as caught:
        train("tiny-ham7-meta", DataChoice(data_dir), RunOptions(tmp_path, tmp_path))
    assert "--init" in caught.value.hint


def test_the_side_is_that_of_the_classifier(data_dir, tmp_path):
    torch.manual_seed(0)
    network = registry.entry("tiny-ham7").build()
    start = save_checkpoint(network, "tiny-ham7", tmp_path / "start", {"input_px": 96}).path
    record = train(
        "tiny-ham7-meta", DataChoice(data_dir), RunOptions(tmp_path, tmp_path / "told", init=start)
    )
    assert record["input_px"] == 96


@pytest.mark.parametrize("name", ["tiny-binary", "tiny-vit7", "tiny-unet"])
def test_another_network_gets_no_metadata(data_dir, weights_dir, tmp_path, name):
    options = RunOptions(tmp_path, tmp_path / "told", init=weights_dir / f"{name}.safetensors")
    with pytest.raises(ModelError, match="another network"):
        train("tiny-ham7-meta", DataChoice(data_dir), options)
    assert not options.weights_dir.exists()
