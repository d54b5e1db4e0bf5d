"""Classifiers of the hub, against tiny networks published in a folder."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from transformers import (
    ConvNextConfig,
    ConvNextForImageClassification,
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessor,
)

from skinapp.__main__ import main
from skinapp.engine.torch_engine import TorchEngine
from skinapp.errors import ModelError, WeightsError
from skinapp.imaging.geometry import fit_square
from skinapp.labels import HAM7_CODES
from skinapp.models import hub_classifier, registry
from skinapp.models.hub_classifier import add_classifier, order_of, register_added
from skinapp.models.weights import load_model
from skinapp.settings import settings

LABELS = ("Melanoma", "NV", "basal_cell_carcinoma", "Actinic keratoses", "df", "vascular lesions", "BKL")
CODES = ("mel", "nv", "bcc", "akiec", "df", "vasc", "bkl")
REPO, NAME = "somebody/skin-vit", "hub-somebody--skin-vit"


def publish(folder, labels=LABELS, kind="vit"):
    torch.manual_seed(0)
    names = {"id2label": dict(enumerate(labels)), "label2id": {label: k for k, label in enumerate(labels)}}
    if kind == "vit":
        shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
        network = ViTForImageClassification(ViTConfig(image_size=32, patch_size=8, **shape, **names))
    else:
        network = ConvNextForImageClassification(
            ConvNextConfig(hidden_sizes=[8] * 4, depths=[1] * 4, **names)
        )
    torch.nn.init.normal_(network.classifier.weight)
    network.eval().save_pretrained(folder)
    means = {"image_mean": [0.4, 0.5, 0.6], "image_std": [0.2, 0.25, 0.3]}
    ViTImageProcessor(size={"height": 32, "width": 32}, **means).save_pretrained(folder)
    return network


@pytest.fixture(autouse=True)
def the_registry_as_it_was(monkeypatch):
    monkeypatch.setattr(registry, "_entries", dict(registry._entries))


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SKINAPP_CACHE", str(tmp_path / "cache"))
    settings.cache_clear()
    yield settings().fetched_dir
    monkeypatch.undo()
    settings.cache_clear()


def expected_probs(network, image):
    """The published network by itself, on what it wants to see, its labels put into our order by hand."""
    pixels = torch.from_numpy(fit_square(image, 32)) / 255
    batch = ((pixels - torch.tensor([0.4, 0.5, 0.6])) / torch.tensor([0.2, 0.25, 0.3])).permute(2, 0, 1)[None]
    with torch.no_grad():
        probs = network(batch).logits[0].softmax(dim=0).numpy()
    return np.array([probs[CODES.index(code)] for code in HAM7_CODES])


@pytest.mark.parametrize("kind", ["vit", "convnext"])
def test_what_was_published_answers_in_our_order_and_offline(cache, tmp_path, photographs, kind):
    theirs = publish(tmp_path / "published", kind=kind)
    checkpoint = add_classifier(REPO, cache, source=tmp_path / "published")
    assert checkpoint.record["hub"] == {"repo": REPO, "commit": None}
    prediction = TorchEngine(tmp_path, "cpu").classify(NAME, photographs[0])
    assert prediction.codes == HAM7_CODES
    assert prediction.probs == pytest.approx(expected_probs(theirs, photographs[0]), abs=2e-3)
    assert not prediction.has_maps
    assert np.ptp(prediction.probs) > 0.05


def test_it_is_known_again_after_a_start(cache, tmp_path):
    publish(tmp_path / "published")
    add_classifier(REPO, cache, source=tmp_path / "published")
    del registry._entries[NAME]
    register_added(cache)
    assert registry.card(NAME).title == REPO
    assert load_model(NAME, tmp_path)[1].sha256
    (cache / f"{NAME}.safetensors").write_bytes(b"damaged")
    with pytest.raises(WeightsError, match="damaged"):
        load_model(NAME, tmp_path)


@pytest.mark.parametrize("damaged", ["", "{", "{}"])
def test_a_damaged_record_keeps_no_one_from_starting(cache, damaged):
    cache.mkdir(parents=True)
    (cache / f"{NAME}.json").write_text(damaged)
    register_added(cache)
    assert NAME not in registry.names()


def test_a_newer_revision_takes_its_place(cache, tmp_path):
    publish(tmp_path / "first")
    publish(tmp_path / "second", tuple(reversed(LABELS)))
    orders = [
        add_classifier(REPO, cache, source=tmp_path / name).record["order"] for name in ("first", "second")
    ]
    assert orders[0] == tuple(6 - place for place in orders[1])


@pytest.mark.parametrize(
    "labels", [("benign", "malignant"), (*LABELS, "healthy"), ("Melanoma", "mel", *LABELS[2:]), ("cat",) * 7]
)
def test_other_labels_are_refused_by_name(cache, tmp_path, labels):
    publish(tmp_path / "published", labels)
    with pytest.raises(ModelError, match="not the seven classes") as caught:
        add_classifier(REPO, cache, source=tmp_path / "published")
    assert labels[0] in caught.value.message
    assert not cache.exists()


def test_a_pickle_is_not_read(cache, tmp_path):
    network = publish(tmp_path / "published")
    (tmp_path / "published" / "model.safetensors").unlink()
    torch.save(network.state_dict(), tmp_path / "published" / "pytorch_model.bin")
    with pytest.raises(WeightsError, match="cannot be fetched"):
        add_classifier(REPO, cache, source=tmp_path / "published")


def test_code_of_a_repository_is_not_run(cache, tmp_path):
    publish(tmp_path / "published")
    path = tmp_path / "published" / "config.json"
    config = json.loads(path.read_text()) | {"model_type": "own", "auto_map": {"AutoConfig": "own.Config"}}
    path.write_text(json.dumps(config))
    (tmp_path / "published" / "own.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(WeightsError, match="cannot be fetched"):
        add_classifier(REPO, cache, source=tmp_path / "published")


def test_a_network_that_is_too_large_is_refused_before_it_is_fetched(cache, tmp_path, monkeypatch):
    publish(tmp_path / "published")
    (tmp_path / "published" / "model.safetensors").unlink()
    monkeypatch.setattr(hub_classifier, "MAX_PARAMETERS", 100)
    with pytest.raises(ModelError, match="million parameters"):
        add_classifier(REPO, cache, source=tmp_path / "published")


def test_no_more_than_so_many_are_kept(cache, tmp_path, monkeypatch):
    monkeypatch.setattr(hub_classifier, "MAX_ADDED", 1)
    publish(tmp_path / "published")
    add_classifier(REPO, cache, source=tmp_path / "published")
    with pytest.raises(ModelError, match="the most"):
        add_classifier("somebody/other", cache, source=tmp_path / "published")
    add_classifier(REPO, cache, source=tmp_path / "published")  # one that is there may be fetched anew


@pytest.mark.parametrize("name", ["skin-vit", "a/b/c", "../up", "https://example.org/x/y", ""])
def test_what_is_no_name_is_refused(cache, name):
    with pytest.raises(ModelError, match="no name"):
        add_classifier(name, cache)


def test_our_own_codes_keep_their_order():
    assert order_of(dict(enumerate(HAM7_CODES))) == tuple(range(7))


def test_the_command_line_adds_one(cache, tmp_path, capsys):
    publish(tmp_path / "published")
    assert main(["install", REPO, "--source", str(tmp_path / "published")]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == NAME
    assert (cache / f"{NAME}.safetensors").is_file()
    assert main(["install", NAME, "--source", str(tmp_path / "published")]) == 0  # by the name that it got


def test_a_network_without_its_head_is_refused(cache, tmp_path):
    network = publish(tmp_path / "published")
    state = {key.replace("classifier.", "head.fc."): tensor for key, tensor in network.state_dict().items()}
    save_file(state, tmp_path / "published" / "model.safetensors", {"format": "pt"})
    with pytest.raises(WeightsError, match="do not hold the whole network"):
        add_classifier(REPO, cache, source=tmp_path / "published")
    assert not cache.exists()


def test_the_commit_of_the_last_time_is_asked_for_again(cache, tmp_path, monkeypatch):
    network, asked = publish(tmp_path / "published"), []
    seen = hub_classifier.Preprocessing(32, (0.5,) * 3, (0.5,) * 3)

    def fetched(_source, revision):
        asked.append(revision)
        return network, order_of(network.config.id2label), seen, revision or "c0ffee"

    monkeypatch.setattr(hub_classifier, "_fetched", fetched)
    for revision in (None, None, "other", None):
        add_classifier(REPO, cache, revision)
    assert asked == [None, "c0ffee", "other", "other"]
