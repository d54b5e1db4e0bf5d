"""Lighter forms: measured, kept only where they lose next to nothing, used only for their weights."""

import hashlib
import json

import numpy as np
import pytest

pytest.importorskip("openvino")

from skinapp.engine import lighter
from skinapp.engine.lighter import LighterEngine
from skinapp.engine.openvino_engine import OpenVinoEngine
from skinapp.engine.records import Form, int8_files, int8_path, kept_form, live_record_path
from skinapp.models import registry, zoo  # noqa: F401
from skinapp.models.weights import find_checkpoint, save_checkpoint
from skinapp.services.lighter import kept, lighten


@pytest.fixture
def weights(tmp_path):
    folder = tmp_path / "weights"
    save_checkpoint(registry.entry("tiny-unet").build(), "tiny-unet", folder, {})
    return folder


def test_the_fastest_within_the_bound_is_kept():
    table = {
        "f32": {"val_loss": 0.0, "ms": 9.0},
        "bf16": {"val_loss": 0.005, "ms": 5.0},
        "int8": {"val_loss": 0.0051, "ms": 3.0},
    }
    assert kept(table, 0.005) == "bf16"
    assert kept(table, 0.01) == "int8"
    assert kept(table, 0.001) == "f32"
    assert kept(table | {"int8": {"val_loss": 0.0, "ms": 4.1}}, 0.01) == "bf16", "not worth a file of its own"


def test_every_form_is_scored_and_the_kept_one_runs(
    steady_machine, data_dir, weights, photographs, monkeypatch
):
    pytest.importorskip("nncf")
    monkeypatch.setattr(lighter, "faster", lambda graphs, _side_px: graphs[0])
    record = lighten("tiny-unet", data_dir, weights, calibration=4)
    assert {"f32", "int8"} <= set(record["forms"])
    assert record["forms"]["f32"]["loss"] == record["forms"]["f32"]["val_loss"] == 0
    assert record["sha256"] == find_checkpoint("tiny-unet", weights).sha256
    assert int8_path("tiny-unet", weights).is_file() == (record["kept"] == "int8")
    answers = [
        LighterEngine(weights, form=form).segment("tiny-unet", photographs[0]).prob_map
        for form in (None, Form(record["kept"]))
    ]
    assert np.array_equal(*answers)


class Slow:
    """A graph that counts its runs and takes a time that is told."""

    def __init__(self, *seconds):
        self.seconds, self.runs = seconds, 0

    def run(self, square):
        assert square.shape == (8, 8, 3)
        self.runs += 1
        clock[0] += self.seconds[min(self.runs, len(self.seconds)) - 1]


clock = [0.0]


def test_the_graph_that_is_faster_here_is_taken(monkeypatch):
    """A slow first run says nothing."""
    monkeypatch.setattr(lighter, "perf_counter", lambda: clock[0])
    warming, steady = Slow(9.0, 1.0), Slow(2.0)
    assert lighter.faster((steady, warming), 8) is warming
    assert lighter.faster((Slow(1.0), Slow(1.5)), 8).seconds == (1.0,)
    assert warming.runs == steady.runs > 1


def test_deviations_of_small_numbers_survive_int8(steady_machine, tmp_path, photographs):
    """Dead maps, whose deviation is next to nothing, divide by it."""
    pytest.importorskip("nncf")
    network = registry.entry("tiny-ham7").build()
    network.features[-2].conv[-1].weight.data[::2] = 0
    save_checkpoint(network, "tiny-ham7", tmp_path, {})
    LighterEngine(tmp_path).write_int8("tiny-ham7", photographs[:2])
    engine = LighterEngine(tmp_path, form=Form.INT8)
    for image in (photographs[0], np.zeros_like(photographs[0])):
        assert np.isfinite(engine.classify("tiny-ham7", image).probs).all()


def write(folder, sha256, form, **more):
    live_record_path("tiny-unet", folder).write_text(
        json.dumps({"sha256": sha256, "kept": form, "forms": {}} | more)
    )


def test_a_form_is_used_only_for_the_weights_it_was_measured_with(weights, photographs):
    sha256 = find_checkpoint("tiny-unet", weights).sha256
    assert kept_form("tiny-unet", weights, sha256) is Form.SINGLE
    write(weights, sha256, "bf16")
    assert kept_form("tiny-unet", weights, sha256) is Form.BFLOAT16
    assert kept_form("tiny-unet", weights, "0" * 64) is Form.SINGLE
    write(weights, sha256, "int8")
    assert kept_form("tiny-unet", weights, sha256) is Form.SINGLE  # its graph is not there
    ours = LighterEngine(weights).segment("tiny-unet", photographs[0]).prob_map
    assert np.array_equal(ours, OpenVinoEngine(weights).segment("tiny-unet", photographs[0]).prob_map)


def test_an_int8_graph_is_run_only_as_it_was_scored(weights):
    sha256 = find_checkpoint("tiny-unet", weights).sha256
    graph, numbers = int8_files("tiny-unet", weights)
    graph.write_bytes(b"a graph")
    numbers.write_bytes(b"its numbers")
    whole = hashlib.sha256(b"a graphits numbers").hexdigest()
    write(weights, sha256, "int8", graph_sha256=whole)
    assert kept_form("tiny-unet", weights, sha256) is Form.INT8
    numbers.write_bytes(b"other numbers")
    assert kept_form("tiny-unet", weights, sha256) is Form.SINGLE
    numbers.unlink()
    assert kept_form("tiny-unet", weights, sha256) is Form.SINGLE
