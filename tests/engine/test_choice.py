"""The choice of engine."""

import sys

import pytest
import torch

from skinapp.engine.choice import choose_engine
from skinapp.engine.torch_engine import TorchEngine
from skinapp.errors import ModelError


@pytest.fixture
def without_openvino(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)  # importing it raises ImportError
    for name in ("conversion", "graph", "lighter", "openvino_engine"):
        monkeypatch.delitem(sys.modules, f"skinapp.engine.{name}", raising=False)


def test_auto_takes_openvino_on_the_cpu(weights_dir):
    pytest.importorskip("openvino")
    engine = choose_engine(weights_dir, "cpu", "auto")
    assert "OpenVINO" in engine.device_words


def test_torch_can_be_asked_for(weights_dir):
    assert choose_engine(weights_dir, "cpu", "torch").device_words == "CPU, single precision"


def test_auto_leaves_a_graphics_card_to_pytorch(weights_dir, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Some GPU")
    assert choose_engine(weights_dir, "auto", "auto").device_words == "Some GPU, half precision"
    with pytest.raises(ModelError, match="on the CPU") as caught:
        choose_engine(weights_dir, "cuda", "openvino")
    assert "SKINAPP_DEVICE" in caught.value.hint


def test_without_openvino_pytorch_does_it(weights_dir, without_openvino):
    engine = choose_engine(weights_dir, "cpu", "auto")
    assert type(engine) is TorchEngine


def test_openvino_asked_for_and_missing(weights_dir, without_openvino):
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        choose_engine(weights_dir, "cpu", "openvino")
    assert "pip install openvino" in caught.value.hint


def test_an_unknown_engine_is_refused(weights_dir):
    with pytest.raises(ModelError, match="'onnx'"):
        choose_engine(weights_dir, "cpu", "onnx")
