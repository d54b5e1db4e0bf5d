"""The OpenVINO engine: the numbers of PyTorch, converted once, for any number of visitors."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
import torch

ov = pytest.importorskip("openvino")

from skinapp.engine import conversion  # noqa: E402
from skinapp.engine.openvino_engine import OpenVinoEngine  # noqa: E402
from skinapp.engine.torch_engine import TorchEngine  # noqa: E402
from skinapp.imaging.synthetic import draw_lesion  # noqa: E402
from skinapp.models import registry, zoo  # noqa: E402, F401
from skinapp.models.card import Task  # noqa: E402
from skinapp.models.weights import load_model, save_checkpoint  # noqa: E402
from tests.engine.visitors import assert_visitors_do_not_disturb_each_other  # noqa: E402

SEGMENTERS = [*registry.names(Task.SEGMENTATION), *registry.names(Task.SEGMENTATION, for_tests=True)]
CLASSIFIERS = [*registry.names(Task.CLASSIFICATION), *registry.names(Task.CLASSIFICATION, for_tests=True)]


@pytest.fixture(scope="module")
def torch_engine(weights_dir):
    return TorchEngine(weights_dir, device="cpu", max_models=1)


@pytest.fixture(scope="module")
def engine(weights_dir, cache_dir):
    return OpenVinoEngine(weights_dir, max_models=2, cache_dir=cache_dir)


@pytest.fixture(scope="module")
def lesions():
    return [draw_lesion(seed, 150, 200)[0] for seed in (2, 10, 23)]


def iou(first, second):
    return (first & second).sum() / max((first | second).sum(), 1)


@pytest.mark.parametrize("name", SEGMENTERS)
def test_outlines_and_their_heat_agree_with_pytorch(name, engine, torch_engine, lesions):
    for image in lesions:
        ours, theirs = engine.segment(name, image).prob_map, torch_engine.segment(name, image).prob_map
        threshold = float(np.median(theirs))  # random weights may find no lesion at 0.5
        assert iou(ours >= 0.5, theirs >= 0.5) >= 0.995 or not (theirs >= 0.5).any()
        assert np.abs(ours - theirs).max() < 1e-4
        heat, expected = (each.explain_outline(name, image, threshold) for each in (engine, torch_engine))
        assert np.allclose(heat, expected, atol=1e-2 * expected.max())  # a pixel may cross


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classes_and_their_heat_agree_with_pytorch(name, engine, torch_engine, lesions):
    for image in lesions:
        ours, theirs = engine.classify(name, image), torch_engine.classify(name, image)
        assert np.abs(ours.probs - theirs.probs).max() < 1e-4
        assert np.allclose(ours.heatmaps, theirs.heatmaps, atol=1e-3 * theirs.heatmaps.max())
        assert ours.heatmaps.shape == theirs.heatmaps.shape
        assert (ours.texture is None) is (theirs.texture is None)
        if theirs.texture is not None:
            np.testing.assert_allclose(ours.texture, theirs.texture, atol=1e-4)


def test_a_conversion_tells_nobody(weights_dir, monkeypatch):
    told = []
    sender = pytest.importorskip("openvino_telemetry.utils.sender")
    monkeypatch.setattr(sender.TelemetrySender, "send", lambda _self, *what: told.append(what))
    network, _checkpoint = load_model("tiny-unet", weights_dir)
    conversion.convert(network, registry.card("tiny-unet"))
    assert not told


def test_what_is_said_about_the_run(engine, weights_dir, photographs):
    outline = engine.segment("tiny-unet", photographs[0])
    _network, checkpoint = load_model("tiny-unet", weights_dir)
    assert outline.model.sha256 == checkpoint.sha256
    assert outline.model.device == engine.device_words == "CPU with OpenVINO, single precision"


def test_without_explanation_there_are_no_maps(engine, photographs):
    plain = engine.classify("tiny-ham7", photographs[0], explain=False)
    assert plain.heatmaps.shape == (7, 0, 0)
    assert np.array_equal(plain.probs, engine.classify("tiny-ham7", photographs[0]).probs)


def test_what_openvino_does_not_run_pytorch_does(engine, torch_engine, photographs):
    ours, theirs = (each.gates("tiny-unet-attention", photographs[0]) for each in (engine, torch_engine))
    for half in ("encoder", "decoder"):
        pairs = zip(getattr(ours, half), getattr(theirs, half), strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)


def everything(engine, image):
    prediction = engine.classify("tiny-ham7", image)
    heat = engine.explain_outline("tiny-unet", image, 0.4)
    return [engine.segment("tiny-unet", image).prob_map, prediction.probs, prediction.heatmaps, heat]


def test_eight_visitors_at_once_get_what_each_gets_alone(engine, photographs):
    assert_visitors_do_not_disturb_each_other(everything, engine, engine, photographs)


def test_a_second_start_converts_nothing(engine, weights_dir, cache_dir, photographs, monkeypatch):
    engine.segment("tiny-unet", photographs[0])
    monkeypatch.setattr(conversion, "convert", lambda *_: pytest.fail("converted again"))
    OpenVinoEngine(weights_dir, cache_dir=cache_dir).segment("tiny-unet", photographs[0])


def graphs(folder):
    return sorted(path.name for path in (folder / "openvino").iterdir())


def test_a_damaged_graph_is_made_anew(engine, weights_dir, tmp_path, photographs):
    OpenVinoEngine(weights_dir, cache_dir=tmp_path).segment("tiny-unet", photographs[0])
    (kept,) = graphs(tmp_path)
    path = tmp_path / "openvino" / kept / "graph.xml"
    path.write_text(path.read_text()[:500])
    again = OpenVinoEngine(weights_dir, cache_dir=tmp_path).segment("tiny-unet", photographs[0])
    assert np.array_equal(again.prob_map, engine.segment("tiny-unet", photographs[0]).prob_map)
    assert path.stat().st_size > 500


def test_a_cache_that_cannot_be_written_does_no_harm(engine, weights_dir, tmp_path, photographs):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    outline = OpenVinoEngine(weights_dir, cache_dir=blocked).segment("tiny-unet", photographs[0])
    assert np.array_equal(outline.prob_map, engine.segment("tiny-unet", photographs[0]).prob_map)


def test_engines_that_start_together_leave_one_whole_graph(weights_dir, tmp_path, photographs):
    together = Barrier(3)

    def start(_index):
        engine = OpenVinoEngine(weights_dir, cache_dir=tmp_path)
        together.wait()
        return engine.classify("tiny-ham7", photographs[0]).probs

    with ThreadPoolExecutor(3) as pool:
        first, *others = pool.map(start, range(3))
    assert all(np.array_equal(first, other) for other in others)
    assert len(graphs(tmp_path)) == 1
    assert not any(name.startswith("partial") for name in graphs(tmp_path))


def test_other_weights_get_another_graph(weights_dir):
    card = registry.card("tiny-unet")
    assert conversion._key(card, "a" * 64) != conversion._key(card, "b" * 64)


def test_new_weights_are_not_run_on_the_graph_of_the_old(tmp_path, cache_dir, photographs):
    name, engine = "tiny-ham7", OpenVinoEngine(tmp_path, max_models=1, cache_dir=cache_dir)
    save_checkpoint(registry.entry("tiny-unet").build().eval(), "tiny-unet", tmp_path, {})
    for seed in (1, 2):
        torch.manual_seed(seed)
        save_checkpoint(registry.entry(name).build().eval(), name, tmp_path, {})
        probs = engine.classify(name, photographs[0]).probs
        expected = TorchEngine(tmp_path, "cpu").classify(name, photographs[0]).probs
        assert np.abs(probs - expected).max() < 1e-4
        engine.segment("tiny-unet", photographs[0])  # the classifier makes room for it, its graphs do not
