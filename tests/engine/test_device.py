"""The choice of device."""

import pytest
import torch

from skinapp.engine.device import choose_placement
from skinapp.errors import ModelError


def pretend(monkeypatch, cuda, mps):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Some GPU")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [
        (True, True, "Some GPU, half precision"),
        (False, True, "Apple GPU, single precision"),
        (False, False, "CPU, single precision"),
    ],
)
def test_auto_takes_the_fastest(monkeypatch, cuda, mps, expected):
    pretend(monkeypatch, cuda, mps)
    assert choose_placement("auto").words == expected


def test_only_cuda_runs_in_half_precision(monkeypatch):
    pretend(monkeypatch, cuda=True, mps=True)
    assert choose_placement("cuda").dtype is torch.float16
    assert choose_placement("mps").dtype is torch.float32
    assert choose_placement("cpu").dtype is torch.float32


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_an_absent_device_is_refused(monkeypatch, kind):
    pretend(monkeypatch, cuda=False, mps=False)
    with pytest.raises(ModelError, match=kind) as caught:
        choose_placement(kind)
    assert "SKINAPP_DEVICE" in caught.value.hint


def test_an_unknown_device_is_refused():
    with pytest.raises(ModelError, match="'tpu'"):
        choose_placement("tpu")
