"""Checkpoints: what is written is what is read, and nothing else is accepted."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch
import torchvision
from safetensors.torch import load_file, save_file

from skinapp.errors import ModelError, WeightsError
from skinapp.models import registry, weights, zoo  # noqa: F401
from skinapp.models.storage import to_bytes
from skinapp.models.weights import (
    find_checkpoint,
    is_installed,
    load_imagenet_weights,
    load_initial_weights,
    load_model,
    record_path,
    save_checkpoint,
    weights_path,
    write_atomically,
    write_record,
)

NAME = "tiny-ham7"


@pytest.fixture
def network():
    torch.manual_seed(0)
    return registry.entry(NAME).build()


def test_round_trip_in_half_precision(network, tmp_path):
    saved = save_checkpoint(network, NAME, tmp_path, {"temperature": 1.7, "seed": 3})
    assert all(
        tensor.dtype is torch.float16
        for tensor in load_file(saved.path).values()
        if tensor.is_floating_point()
    )
    loaded, checkpoint = load_model(NAME, tmp_path)
    assert checkpoint == find_checkpoint(NAME, tmp_path) == saved
    assert (checkpoint.temperature, checkpoint.record["seed"]) == (1.7, 3)
    state = loaded.state_dict()
    for key, tensor in network.state_dict().items():
        assert torch.equal(state[key], tensor.half().float() if tensor.is_floating_point() else tensor)
    assert not loaded.training


def test_round_trip_in_eight_bits_where_the_card_says_so(network, tmp_path, monkeypatch):
    card = replace(registry.card(NAME), bits=8)
    monkeypatch.setattr(registry, "card", lambda _name: card)
    monkeypatch.setattr("skinapp.models.storage.LARGE", 1)
    half = len(to_bytes(network.state_dict()))
    saved = save_checkpoint(network, NAME, tmp_path, {})
    assert saved.record["bytes"] < 0.7 * half
    state = load_model(NAME, tmp_path)[0].state_dict()
    weight, read = network.classifier[1].weight, state["classifier.1.weight"]
    step = weight.abs().amax(dim=1, keepdim=True) / 127
    assert ((read - weight).abs() <= 0.5001 * step).all() and not torch.equal(read, weight)
    taken, total = load_initial_weights(registry.entry(NAME).build(), saved.path)
    assert taken == total


def test_record_says_what_was_written(network, tmp_path):
    save_checkpoint(network, NAME, tmp_path, {})
    record = json.loads(record_path(NAME, tmp_path).read_text())
    assert record["name"] == NAME
    assert record["bytes"] == weights_path(NAME, tmp_path).stat().st_size
    assert find_checkpoint(NAME, tmp_path).temperature == 1.0
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{NAME}.json", f"{NAME}.safetensors"]


def test_what_was_measured_of_the_same_weights_stays_when_they_are_saved_again(network, tmp_path):
    fitted = {"temperature": 1.5, "input_px": 64}
    saved = save_checkpoint(network, NAME, tmp_path, fitted | {"seconds": 9})
    measured = {"figures": {"n": 3}, "cases": {"sha256": "0" * 64}}
    write_record(NAME, tmp_path, saved.record | measured)
    again = save_checkpoint(network, NAME, tmp_path, fitted | {"seconds": 7})
    assert again.record == saved.record | measured | {"seconds": 7}
    assert find_checkpoint(NAME, tmp_path) == again


@pytest.mark.parametrize("changed", ["weights", "temperature", "input_px"])
def test_what_was_measured_of_other_answers_goes(network, tmp_path, changed):
    fitted = {"temperature": 1.5, "input_px": 64}
    save_checkpoint(network, NAME, tmp_path, fitted | {"figures": {"n": 3}})
    if changed == "weights":
        network.classifier[1].bias.data += 1
    else:
        fitted[changed] *= 2
    assert "figures" not in save_checkpoint(network, NAME, tmp_path, fitted).record


def test_a_damaged_record_is_written_anew(network, tmp_path):
    saved = save_checkpoint(network, NAME, tmp_path, {})
    record_path(NAME, tmp_path).write_text("{")
    assert save_checkpoint(network, NAME, tmp_path, {}) == saved == find_checkpoint(NAME, tmp_path)


def test_both_files_belong_to_an_installation(network, tmp_path):
    save_checkpoint(network, NAME, tmp_path, {})
    assert is_installed(NAME, tmp_path)
    record_path(NAME, tmp_path).unlink()
    assert not is_installed(NAME, tmp_path)
    with pytest.raises(WeightsError, match="not installed"):
        load_model(NAME, tmp_path)


def test_unknown_model(tmp_path):
    with pytest.raises(ModelError, match="'tiny-ham8'"):
        find_checkpoint("tiny-ham8", tmp_path)


def test_changed_bytes_are_refused(network, tmp_path):
    path = save_checkpoint(network, NAME, tmp_path, {}).path
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(WeightsError, match="damaged"):
        load_model(NAME, tmp_path)


def test_cut_off_file_is_refused(network, tmp_path):
    path = save_checkpoint(network, NAME, tmp_path, {}).path
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(WeightsError, match="damaged"):
        load_model(NAME, tmp_path)


def test_weights_of_another_architecture_are_refused(tmp_path):
    other = registry.entry("tiny-unet").build()
    save_checkpoint(other, NAME, tmp_path, {})
    with pytest.raises(WeightsError, match="do not fit"):
        load_model(NAME, tmp_path)


def test_initial_weights_fill_the_classifier_but_not_its_head(network, tmp_path):
    torch.manual_seed(1)
    source = torchvision.models.mobilenet_v2(num_classes=1000, width_mult=0.25)
    save_file(source.state_dict(), tmp_path / "init.safetensors")
    head = network.classifier[1].weight.clone()
    taken, total = load_initial_weights(network, tmp_path / "init.safetensors")
    assert taken == total - 2  # weight and bias of the head
    assert torch.equal(network.features[0][0].weight, source.features[0][0].weight)
    assert torch.equal(network.classifier[1].weight, head)


def test_initial_weights_fill_an_encoder(tmp_path):
    torch.manual_seed(1)
    source = torchvision.models.mobilenet_v2()
    save_file(source.state_dict(), tmp_path / "init.safetensors")
    network = registry.entry("tiny-unet").build()
    taken, _total = load_initial_weights(network, tmp_path / "init.safetensors")
    assert taken == len(network.encoder.state_dict())
    assert torch.equal(network.encoder.features[17].conv[2].weight, source.features[17].conv[2].weight)


def test_initial_weights_that_fit_nowhere(network, tmp_path):
    save_file({"something": torch.zeros(3)}, tmp_path / "init.safetensors")
    with pytest.raises(WeightsError, match="No tensor"):
        load_initial_weights(network, tmp_path / "init.safetensors")


def test_initial_weights_have_to_be_those_of_the_record_beside_them(network, tmp_path):
    path = save_checkpoint(network, NAME, tmp_path, {}).path
    taken, total = load_initial_weights(network, path)
    assert taken == total
    network.classifier[1].bias.data += 1
    path.write_bytes(to_bytes(network.state_dict()))
    with pytest.raises(WeightsError, match="not the recorded one"):
        load_initial_weights(network, path)
    path.with_suffix(".json").write_text("{}")
    assert load_initial_weights(network, path) == (taken, total)


@pytest.mark.parametrize("content", [None, b"", b"not a safetensors file"])
def test_initial_weights_that_cannot_be_read(network, tmp_path, content):
    path = tmp_path / "init.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError, match="cannot be read"):
        load_initial_weights(network, path)


@pytest.mark.parametrize("name", ["tiny-unet", "unet-effb3"])
def test_imagenet_weights_fill_the_encoder_of_the_card(name, monkeypatch):
    torch.manual_seed(1)
    get_encoder, asked = weights.smp.encoders.get_encoder, []

    def without_download(name, weights):
        asked.append((name, weights))
        return get_encoder(name, weights=None)

    monkeypatch.setattr(weights.smp.encoders, "get_encoder", without_download)
    card = registry.card(name)
    network = registry.entry(name).build()
    taken, total = load_imagenet_weights(network, card.encoder)
    assert asked == [(card.encoder, "imagenet")]
    assert taken == len(network.encoder.state_dict()) < total


@pytest.mark.parametrize("failure", [OSError("no network"), KeyError("no such encoder")])
def test_imagenet_weights_that_cannot_be_had(network, monkeypatch, failure):
    def broken(name, weights):
        raise failure

    monkeypatch.setattr(weights.smp.encoders, "get_encoder", broken)
    with pytest.raises(WeightsError, match="'mobilenet_v2' cannot be downloaded"):
        load_imagenet_weights(network, "mobilenet_v2")


def test_many_may_write_one_file_at_once(tmp_path):
    texts = [bytes([number]) * 50_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: [write_atomically(tmp_path / "x", text) for _ in range(20)], texts))
    assert (tmp_path / "x").read_bytes() in texts
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
