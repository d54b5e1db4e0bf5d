"""The benchmark runs, both ways agree, and its section replaces the old one."""

import numpy as np
import pytest

from skinapp import benchmark
from skinapp.benchmark import memory, run, run_batches, run_comparing, run_enlarging, speed
from skinapp.benchmark.batches import batch_speed
from skinapp.benchmark.chat import chat_speed
from skinapp.benchmark.comparing import comparing_speed
from skinapp.benchmark.enlarging import enlarging_speed
from skinapp.benchmark.machine import resident_mb
from skinapp.benchmark.report import (
    as_markdown,
    batches_as_markdown,
    chat_as_markdown,
    comparing_as_markdown,
    enlarging_as_markdown,
    write_section,
)
from skinapp.benchmark.ways import photograph
from skinapp.errors import WeightsError
from skinapp.models.weights import save_checkpoint
from tests.networks import random_network


def test_photograph_is_made_up_and_repeatable():
    image = photograph()
    assert (image.shape, image.dtype) == ((450, 600, 3), np.uint8)
    assert np.array_equal(image, photograph())
    assert image[225, 300].mean() < image[0, 0].mean()


def test_both_ways_give_the_same_answers(weights_dir):
    row = speed(("tiny-unet", "tiny-ham7", "cpu", weights_dir), repetitions=3)
    assert row["largest_difference"] < 1e-4
    assert row["engine_ms"] > 0
    low, ratio, high = row["ratio_quartiles"]
    assert low <= ratio <= high


def test_both_ways_see_the_side_that_the_weights_were_trained_at(tmp_path):
    names = ("tiny-unet", "tiny-ham7")
    for name in names:
        save_checkpoint(random_network(name), name, tmp_path, {"input_px": 96})
    rows = [
        speed((*names, "cpu", tmp_path), repetitions=1),
        comparing_speed(names[:1], 1, "cpu", tmp_path, warm_ups=1, repetitions=1),
        batch_speed(names[1], "cpu", tmp_path, batch=2, pairs=1),
    ]
    assert max(row["largest_difference"] for row in rows) < 1e-4


def test_memory_is_read(weights_dir):
    sizes = memory("tiny-unet", "tiny-ham7", weights_dir, analyses=3)
    assert sizes["settled_mb"] == pytest.approx(sizes["final_mb"], abs=50)
    assert sizes["final_mb"] > 50 or resident_mb() is None


RESULTS = {
    "machine": {
        "cpu": "Some CPU",
        "cores": 4,
        "threads": 2,
        "load": 0.5,
        "gpu": None,
        "torch": "2.11",
        "python": "3.11",
    },
    "speed": [
        {
            "segmenter": "unet",
            "classifier": "mobilenetv2-ham7",
            "device": "cpu",
            "pairs": 5,
            "engine_ms": 50.0,
            "plain_ms": 120.0,
            "ratio_quartiles": [2.3, 2.4, 2.5],
            "largest_difference": 2e-6,
        }
    ],
    "frames": [],
    "forms": [],
    "browser": None,
    "soak": None,
    "memory": {"analyses": 200, "settled": 20, "settled_mb": 500.0, "final_mb": 560.0},
    "chat": {"questions": 8, "rounds": 5, "first_text_ms": [2.0, 9.5], "built_in_ms": [1.0, 120.0]},
}


def test_the_assistants_share_is_measured():
    speed = chat_speed(rounds=1)
    assert 0 < speed["first_text_ms"][0] <= speed["first_text_ms"][1]
    assert 0 < speed["built_in_ms"][0] <= speed["built_in_ms"][1]


def test_section_says_what_was_measured():
    text = as_markdown(RESULTS)
    assert "| cpu | unet | mobilenetv2-ham7 | 120.0 | 50.0 | 2.40 (2.30 to 2.50) | 2e-06 |" in text
    assert "Some CPU, 4 cores, 2 threads used" in text
    assert "growth of 60 MB, NOT below the limit of 50 MB" in text
    text = chat_as_markdown(RESULTS)
    assert "| To the first text of a service | 2.0 | 9.5 | 50, met |" in text
    assert "| Built-in answer | 1.0 | 120.0 | 100, NOT met |" in text


def test_memory_that_is_not_told():
    text = as_markdown(RESULTS | {"memory": RESULTS["memory"] | {"final_mb": None}})
    assert "not measured" in text


def test_section_replaces_the_old_one_and_leaves_the_rest(tmp_path):
    path = tmp_path / "new" / "BENCHMARKS.md"
    write_section(path, "first\n")
    path.write_text("Before\n" + path.read_text() + "After\n")
    write_section(path, "second\n")
    text = path.read_text()
    assert "first" not in text
    assert text.index("Before") < text.index("second") < text.index("After")
    write_section(path, "second\n")
    assert path.read_text() == text


def test_the_engine_enlarges_as_the_plain_network_does(weights_dir):
    row = enlarging_speed("tiny-x4", "cpu", weights_dir, side_px=16, warm_ups=1, repetitions=3)
    assert row["largest_difference"] <= 1
    assert row["engine_ms"] > 0 and row["plain_ms"] > 0
    text = enlarging_as_markdown({"machine": RESULTS["machine"], "speed": [row]})
    assert "| cpu | tiny-x4 | 16 → 64 |" in text and "Medians of 3 pairs" in text


def test_a_comparison_gives_the_maps_of_the_plain_way(weights_dir):
    names = ["tiny-unet", "tiny-unet-attention"]
    row = comparing_speed(names, 3, "cpu", weights_dir, warm_ups=1, repetitions=3)
    assert row["largest_difference"] < 1e-4
    assert 0 < row["engine_ms"] <= row["slow_ms"] and row["plain_ms"] > 0
    text = comparing_as_markdown({"machine": RESULTS["machine"], "speed": [row | {"engine_ms": 700.0}]})
    assert "| cpu | 2 | 3 |" in text and "700.0" in text and "NOT met" in text


@pytest.mark.parametrize("name", ["tiny-unet", "tiny-ham7"])
def test_a_batch_gets_the_answers_of_the_plain_way(name, weights_dir):
    row = batch_speed(name, "cpu", weights_dir, batch=3, pairs=2)
    assert row["largest_difference"] < 1e-4
    assert row["engine_rate"] > 0 and row["plain_rate"] > 0
    text = batches_as_markdown({"machine": RESULTS["machine"], "speed": [row | {"plain_rate": 12.34}]})
    assert "## 3 photographs" in text and f"| cpu | {name} | 12.3 |" in text


def test_each_section_has_marks_of_its_own(tmp_path):
    path = tmp_path / "BENCHMARKS.md"
    write_section(path, "first\n")
    write_section(path, "second\n", "enlarging")
    write_section(path, "third\n")
    text = path.read_text()
    assert "first" not in text and text.index("third") < text.index("second")


def test_without_weights_it_says_so(tmp_path):
    for measure in (run, run_batches, run_comparing, run_enlarging):
        with pytest.raises(WeightsError, match="no weights"):
            measure(weights_dir=tmp_path)


def test_whatever_has_a_network_is_measured_in_batches(weights_dir, monkeypatch):
    monkeypatch.setattr(benchmark, "batch_speed", lambda name, device, folder: name)
    measured = run_batches(weights_dir=weights_dir)["speed"]
    assert {"unet", "mobilenetv2-ham7", "vit-ham7", "resnet50-vgg-binary"} <= set(measured)
    assert "committee-ham7" not in measured
