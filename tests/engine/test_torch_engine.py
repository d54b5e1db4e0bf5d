"""The shared engine: same numbers as the plain network, any number of visitors, readable failures."""

import copy
import hashlib

import numpy as np
import pytest
import torch

from skinapp.attribution.grid import SAMPLES
from skinapp.attribution.method import Method
from skinapp.engine import torch_engine
from skinapp.engine.fusion import fold_batch_norm
from skinapp.engine.torch_engine import TorchEngine
from skinapp.errors import ModelError, WeightsError
from skinapp.imaging.cleaning import equalize_lightness
from skinapp.imaging.geometry import fit_square
from skinapp.models import registry, zoo  # noqa: F401
from skinapp.models.weights import load_model, save_checkpoint, weights_path
from tests.engine.visitors import assert_visitors_do_not_disturb_each_other
from tests.networks import TRAINED_HERE

TINY = "tiny-unet", "tiny-unet-attention", "tiny-ham7"


@pytest.fixture(scope="module")
def engine(weights_dir):
    return TorchEngine(weights_dir, device="cpu", max_models=3)


def state_hash(network):
    digest = hashlib.sha256()
    for name, tensor in network.state_dict().items():
        digest.update(name.encode() + tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()


@pytest.mark.parametrize("name", TRAINED_HERE)
def test_folding_keeps_the_numbers(name, weights_dir):
    network, _checkpoint = load_model(name, weights_dir)
    folded = fold_batch_norm(copy.deepcopy(network))
    batch = torch.randn(1, 3, 96, 96, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        plain = network(batch)
        difference = (folded(batch) - plain).abs().max()
    is_left = any(isinstance(module, torch.nn.BatchNorm2d) for module in folded.modules())
    assert is_left is name.startswith("densenet")  # there they stand before their convolutions
    assert difference <= 1e-4 * plain.abs().max()


def test_folding_refuses_training_mode():
    with pytest.raises(ValueError, match="training mode"):
        fold_batch_norm(registry.entry("tiny-ham7").build())


def test_what_a_card_cleans_is_clean_before_the_network_sees_it(engine, weights_dir, photographs):
    network, checkpoint = load_model("tiny-binary", weights_dir)
    square = equalize_lightness(fit_square(photographs[0], 64))
    batch = torch.from_numpy(square).permute(2, 0, 1)[None] / 127.5 - 1
    expected = (network(batch)[0] / checkpoint.temperature).softmax(0).numpy()
    assert np.allclose(engine.classify("tiny-binary", photographs[0]).probs, expected, atol=1e-5)


def test_score_cam_masks_what_was_cleaned_and_cleans_it_no_more(engine, photographs, monkeypatch):
    cleaned = []
    real = torch_engine.cleaned_square
    monkeypatch.setattr(
        torch_engine,
        "cleaned_square",
        lambda image, side_px, steps=(): cleaned.append(steps) or real(image, side_px, steps),
    )
    engine.explain_classes("tiny-binary", photographs[0], Method.SCORE_CAM)
    assert cleaned[:2] == [("clahe",), ("clahe",)]  # for the features, and to be masked
    assert len(cleaned) > 3 and set(cleaned[2:]) == {()}


def test_segment_is_the_sigmoid_of_the_plain_network(engine, weights_dir, photographs):
    network, checkpoint = load_model("tiny-unet", weights_dir)
    outline = engine.segment("tiny-unet", photographs[0])
    expected = network(engine._batch(registry.card("tiny-unet"), photographs[0])).sigmoid()[0, 0].numpy()
    assert outline.prob_map.dtype == np.float32
    assert np.allclose(outline.prob_map, expected, atol=1e-5)
    assert outline.model.sha256 == checkpoint.sha256
    assert outline.model.device == engine.device_words == "CPU, single precision"


def test_mirror_images_are_averaged_and_their_disagreement_is_told(engine, photographs):
    image = photographs[0]
    turned = [image, image[:, ::-1], image[::-1], image[::-1, ::-1]]
    each = np.stack([engine.classify("tiny-ham7", view, explain=False).probs for view in turned])
    plain, mirrored = (engine.classify("tiny-ham7", image, mirrored=switch) for switch in (False, True))
    np.testing.assert_allclose(mirrored.probs, each.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(mirrored.spread, each.std(axis=0), atol=1e-6)
    assert mirrored.spread.max() > 1e-4
    assert plain.spread is None
    assert np.array_equal(plain.heatmaps, mirrored.heatmaps)
    assert np.array_equal(plain.features, mirrored.features)


def test_pooled_features_are_what_the_class_was_read_from(engine, photographs):
    model = engine._shelf.take("tiny-ham7")
    prediction = engine.classify("tiny-ham7", photographs[0], explain=False)
    logits = model.network.classifier(torch.from_numpy(prediction.features)[None])[0]
    probs = torch.softmax(logits / model.checkpoint.temperature, dim=0)
    np.testing.assert_allclose(prediction.probs, probs, atol=1e-6)


def test_a_texture_is_taken_from_the_tapped_maps_of_the_plain_network(engine, weights_dir, photographs):
    network, _checkpoint = load_model("tiny-ham7", weights_dir)
    maps = []
    for index in (6, 13):
        network.features[index].register_forward_hook(lambda _part, _batch, output: maps.append(output))
    with torch.no_grad():
        network(engine._batch(registry.card("tiny-ham7"), photographs[0]))
    expected = [moment for one in maps for moment in (one.mean((0, 2, 3)), one.std((0, 2, 3), correction=0))]
    texture = engine.classify("tiny-ham7", photographs[0], explain=False).texture
    np.testing.assert_allclose(texture, np.concatenate(expected), atol=1e-5)


def test_a_network_that_keeps_no_earlier_maps_has_no_texture(engine, photographs):
    assert engine.classify("tiny-vit7", photographs[0], explain=False).texture is None


def test_the_map_of_the_top_class_comes_alone(engine, photographs):
    every = engine.classify("tiny-ham7", photographs[0])
    alone = engine.classify("tiny-ham7", photographs[0], top_only=True)
    assert alone.heatmaps.shape == (1, *every.heatmaps.shape[1:])
    np.testing.assert_allclose(alone.heatmaps[0], every.heatmaps[every.top], atol=1e-6)


def test_probabilities_are_calibrated(engine, weights_dir, photographs):
    network, checkpoint = load_model("tiny-ham7", weights_dir)
    prediction = engine.classify("tiny-ham7", photographs[0])
    logits = network(engine._batch(registry.card("tiny-ham7"), photographs[0]))[0].numpy()
    powers = np.exp(logits / checkpoint.temperature)
    assert prediction.codes == registry.card("tiny-ham7").labels
    assert np.allclose(prediction.probs, powers / powers.sum(), atol=1e-5)
    assert prediction.heatmaps.shape == (7, 2 * SAMPLES, 2 * SAMPLES)


def test_batch_is_normalised_by_the_card(engine):
    image = np.zeros((5, 7, 3), np.uint8)
    image[..., 1] = 255
    batch = engine._batch(registry.card("tiny-unet"), image)
    assert batch.shape == (1, 3, 64, 64)
    assert batch[0, :, 10, 20].tolist() == [-1.0, 1.0, -1.0]


def test_gates_can_be_read(engine, photographs):
    gates = engine.gates("tiny-unet-attention", photographs[0])
    assert [gate.shape[0] for gate in gates.encoder] == [32, 16, 8, 4, 2]
    assert [gate.shape[0] for gate in gates.decoder] == [4, 8, 16, 32, 64]
    maps = (*gates.encoder, *gates.decoder)
    assert all(gate.dtype == np.float32 and 0 <= gate.min() <= gate.max() <= 1 for gate in maps)


def test_the_time_of_an_answer_is_without_loading(weights_dir, photographs, monkeypatch):
    engine, order = TorchEngine(weights_dir, device="cpu", max_models=3), []
    monkeypatch.setattr(torch_engine, "perf_counter", lambda: order.append("clock") or float(len(order)))
    monkeypatch.setattr(engine, "prepare", lambda name: order.append(name))
    assert engine.segment("tiny-unet", photographs[0]).model.seconds == 1
    assert order == ["tiny-unet", "clock", "clock"]


def everything(engine, image):
    prediction = engine.classify("tiny-ham7", image)
    return [
        engine.segment("tiny-unet", image).prob_map,
        prediction.probs,
        prediction.heatmaps,
        engine.explain_outline("tiny-unet-attention", image, 0.4),
        *engine.gates("tiny-unet-attention", image).encoder,
        *engine.gates("tiny-unet-attention", image).decoder,
    ]


def test_eight_visitors_at_once_get_what_each_gets_alone(engine, weights_dir, photographs):
    shared = TorchEngine(weights_dir, device="cpu", max_models=3)
    assert_visitors_do_not_disturb_each_other(everything, shared, engine, photographs)


def test_the_shared_models_are_never_written_to(engine, photographs):
    everything(engine, photographs[0])
    networks = [engine._shelf.take(name).network for name in TINY]
    before = [state_hash(network) for network in networks]
    everything(engine, photographs[1])
    assert [state_hash(network) for network in networks] == before
    for network in networks:
        assert not any(p.requires_grad or p.grad is not None for p in network.parameters())
        assert not any(module.training or module._forward_hooks for module in network.modules())


def test_the_longest_unused_model_goes_first(weights_dir, photographs):
    engine = TorchEngine(weights_dir, device="cpu", max_models=2)
    engine.segment("tiny-unet", photographs[0])
    engine.classify("tiny-ham7", photographs[0])
    engine.segment("tiny-unet", photographs[0])
    engine.segment("tiny-unet-attention", photographs[0])
    assert engine.loaded() == ("tiny-unet", "tiny-unet-attention")


def test_missing_weights_say_how_to_get_them(tmp_path, photographs):
    with pytest.raises(WeightsError, match="not installed") as caught:
        TorchEngine(tmp_path, device="cpu").segment("tiny-unet", photographs[0])
    assert "python -m skinapp train tiny-unet" in caught.value.hint


def test_damaged_weights_are_refused(tmp_path, photographs):
    save_checkpoint(registry.entry("tiny-ham7").build(), "tiny-ham7", tmp_path, {})
    path = weights_path("tiny-ham7", tmp_path)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    engine = TorchEngine(tmp_path, device="cpu")
    with pytest.raises(WeightsError, match="damaged"):
        engine.classify("tiny-ham7", photographs[0])
    assert engine.loaded() == ()


def test_a_model_for_another_task_is_refused(engine, photographs):
    with pytest.raises(ModelError, match="another task") as caught:
        engine.classify("tiny-unet", photographs[0])
    assert "mobilenetv2-ham7" in caught.value.hint


def test_a_model_without_gates_says_so(engine, photographs):
    with pytest.raises(ModelError, match="no attention gates"):
        engine.gates("tiny-unet", photographs[0])


def test_threshold_out_of_range(engine, photographs):
    with pytest.raises(ValueError, match=r"1\.5"):
        engine.explain_outline("tiny-unet", photographs[0], 1.5)
