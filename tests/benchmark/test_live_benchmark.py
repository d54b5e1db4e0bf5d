"""The live camera's benchmark: what it measures, and that it says what was missed."""

import pytest

from skinapp.benchmark.frames import frame_cost
from skinapp.benchmark.live_report import live_section
from skinapp.benchmark.machine import resident_mb
from skinapp.benchmark.soak import soak

NOTHING = {"frames": [], "browser": None, "soak": None, "forms": []}


def test_a_frame_is_measured_both_ways(weights_dir):
    row = frame_cost("tiny-unet", "tiny-ham7", weights_dir, pairs=8)
    assert 0 < row["median"] <= row["p95"]
    assert row["plain"] > 0
    low, ratio, high = row["ratio_quartiles"]
    assert low <= ratio <= high


def test_a_short_stream_leaves_memory_level(weights_dir):
    sizes = soak("tiny-unet", "tiny-ham7", weights_dir, seconds=6, settled_s=3, rate=30)
    assert sizes["frames"] >= 30
    assert sizes["results"] >= 10
    if resident_mb() is not None:
        assert sizes["final_mb"] - sizes["settled_mb"] <= 30


ROW = {
    "segmenter": "unet",
    "classifier": "mobilenetv2-ham7",
    "device": "cpu",
    "engine": "CPU with OpenVINO",
    "pairs": 55,
    "median": 12.3,
    "p95": 26.0,
    "median with Grad-CAM": 20.0,
    "plain": 50.0,
    "ratio_quartiles": [3.9, 4.1, 4.3],
}
RECORD = {
    "name": "unet",
    "kept": "bf16",
    "forms": {
        "f32": {"figure": 0.84, "loss": 0.0, "val_loss": 0.0, "ms": 14.0},
        "bf16": {"figure": 0.839, "loss": 0.001, "val_loss": 0.002, "ms": 8.0},
        "int8": {"figure": 0.83, "loss": 0.01, "val_loss": 0.008, "ms": 6.0},
    },
}


def test_each_number_stands_beside_its_target():
    text = live_section(NOTHING | {"frames": [ROW]})
    assert "- median: 12.3 ms, meets the target of at most 15 ms" in text
    assert "- p95: 26.0 ms, MISSES the target of at most 25 ms" in text
    assert "4.10 (3.90 to 4.30), meets" in text


@pytest.mark.parametrize(("share", "word"), [(0.95, "meets"), (0.5, "MISSES")])
def test_the_browser_is_held_to_its_share(share, word):
    rates = {"turns": 3, "turn_s": 8.0, "on": 30 * share, "off": 30.0, "share": share}
    assert f"share of {share:.2f}, {word}" in live_section(NOTHING | {"browser": rates})


def test_growth_is_held_to_its_limit():
    sizes = {"seconds": 600, "settled_s": 60, "settled_mb": 700.0, "final_mb": 740.0}
    text = live_section(NOTHING | {"soak": sizes | {"frames": 18000, "results": 6000}})
    assert "growth of 40 MB, MISSES the target of at most 30 MB" in text


def test_the_forms_of_a_model_are_a_table():
    text = live_section(NOTHING | {"forms": [RECORD]})
    assert "| unet | bf16 | 0.8390 | +0.0010 | +0.0020 | 8.0 | yes |" in text
    assert "| unet | int8 | 0.8300 | +0.0100 | +0.0080 | 6.0 | no |" in text
