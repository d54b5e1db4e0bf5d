import json

import numpy as np
import pytest

from skinapp.engine.torch_engine import TorchEngine
from skinapp.errors import ModelError, WeightsError
from skinapp.imaging.geometry import fit_square
from skinapp.models import registry
from skinapp.models.weights import find_checkpoint, weights_path
from skinapp.services.export import export

ov = pytest.importorskip("openvino")


def answer(folder, name, image):
    """What the exported graph says, run by OpenVINO alone."""
    square = fit_square(image, registry.card(name).input_px)
    graph = ov.Core().compile_model(folder / f"{name}.xml", "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return next(iter(graph(square[None]).values()))


def test_an_outline_is_that_of_the_app(weights_dir, tmp_path, photographs):
    export("tiny-unet", weights_dir, tmp_path)
    expected = TorchEngine(weights_dir, "cpu").segment("tiny-unet", photographs[0]).prob_map
    np.testing.assert_allclose(answer(tmp_path, "tiny-unet", photographs[0])[0, 0], expected, atol=1e-4)


@pytest.mark.parametrize("name", ["tiny-ham7", "mobilenetv2-ham7-meta"])
def test_classes_are_those_of_the_app(weights_dir, tmp_path, photographs, name):
    export(name, weights_dir, tmp_path)
    expected = TorchEngine(weights_dir, "cpu").classify(name, photographs[0]).probs
    np.testing.assert_allclose(answer(tmp_path, name, photographs[0])[0], expected, atol=1e-4)


def test_what_the_card_says_goes_with_it(weights_dir, tmp_path):
    told = export("tiny-ham7", weights_dir, tmp_path / "new" / "folder")
    card = registry.card("tiny-ham7")
    assert told == json.loads((tmp_path / "new" / "folder" / "tiny-ham7.json").read_text())
    assert told["weights_sha256"] == find_checkpoint("tiny-ham7", weights_dir).sha256
    assert (told["labels"], told["licence"]) == (list(card.labels), card.licence)
    assert "not a medical device" in told["notice"]


@pytest.mark.parametrize("name", ["committee-ham7", "light-x4"])
def test_what_is_no_single_network_is_refused(weights_dir, tmp_path, name):
    with pytest.raises(ModelError, match="no single network"):
        export(name, weights_dir, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_damaged_weights_are_not_exported(weights_dir, tmp_path):
    damaged = tmp_path / "weights"
    damaged.mkdir()
    for ending in (".safetensors", ".json"):
        path = weights_path("tiny-ham7", weights_dir).with_suffix(ending)
        (damaged / path.name).write_bytes(path.read_bytes())
    weights_path("tiny-ham7", damaged).write_bytes(b"something else")
    with pytest.raises(WeightsError, match="hash"):
        export("tiny-ham7", damaged, tmp_path / "out")
    assert not (tmp_path / "out").exists()
