"""Which form of a model the camera may run: the fastest that loses next to nothing on validation rows."""

import json
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.isic2018 import task1_samples
from skinapp.data.pixels import read_image
from skinapp.engine.graph import has_bfloat16
from skinapp.engine.lighter import LighterEngine
from skinapp.engine.records import Form, int8_files, int8_sha256, live_record_path
from skinapp.imaging.synthetic import draw_lesion
from skinapp.models import registry
from skinapp.models.card import Task
from skinapp.models.held_out import refuse_other_split
from skinapp.models.weights import find_checkpoint
from skinapp.services.scorecard import score

CALIBRATION = 300  # training photographs that the int8 form is fitted to
LARGEST_LOSS = {Task.SEGMENTATION: 0.005, Task.CLASSIFICATION: 0.01}  # of IoU, of balanced accuracy
RUNS = 60
INT8_WORTH = 1.25  # how many times as fast as another form int8 must be


def lighten(name: str, data_dir: Path, weights_dir: Path, calibration: int = CALIBRATION) -> dict[str, Any]:
    """Make the int8 form of a model, score every form, and keep the fastest that is good on validation rows.

    Returns the record that is written to ``NAME.live.json``, with the figures of the test rows, which choose
    nothing; the int8 graph stays beside it where kept.
    """
    card, checkpoint = registry.card(name), find_checkpoint(name, weights_dir)
    refuse_other_split(name, checkpoint.record)
    rows = task1_samples if card.task is Task.SEGMENTATION else ham10000_samples
    samples = _spread(rows(data_dir, "train"), calibration)
    LighterEngine(weights_dir).write_int8(name, (read_image(sample.image) for sample in samples))
    forms = [form for form in Form if form is not Form.BFLOAT16 or has_bfloat16()]
    engines = {form: LighterEngine(weights_dir, form=form) for form in forms}
    chosen_by, reported = (
        {form: _figure(name, data_dir, engine, split) for form, engine in engines.items()}
        for split in ("val", "test")
    )
    speeds = _speeds(name, engines)
    table = {
        str(form): {
            "val_loss": round(chosen_by[Form.SINGLE] - chosen_by[form], 4),
            "figure": round(reported[form], 4),
            "loss": round(reported[Form.SINGLE] - reported[form], 4),
            "ms": round(speeds[form], 2),
        }
        for form in forms
    }
    record = {"name": name, "sha256": checkpoint.sha256, "calibration": len(samples), "forms": table}
    record["kept"] = kept(table, LARGEST_LOSS[card.task])
    if record["kept"] == Form.INT8:
        record["graph_sha256"] = int8_sha256(name, weights_dir)
    _write(record, weights_dir)
    return record


def kept(table: dict[str, dict[str, float]], largest_loss: float) -> str:
    """The fastest form whose loss on the validation rows stays within the bound.

    The int8 graph is a file of its own, as large as the weights, and has to be clearly faster.

    >>> kept({"f32": {"val_loss": 0, "ms": 9}, "int8": {"val_loss": 0.02, "ms": 3}}, 0.01)
    'f32'
    """
    good = [form for form, row in table.items() if row["val_loss"] <= largest_loss]
    return min(good, key=lambda form: table[form]["ms"] * (INT8_WORTH if form == Form.INT8 else 1))


def _figure(name: str, data_dir: Path, engine: LighterEngine, split: str) -> float:
    """Mean IoU over crops and whole frames, or balanced accuracy."""
    _rows, figures = score(name, data_dir, engine, split)
    if registry.card(name).task is Task.CLASSIFICATION:
        return figures["balanced_accuracy"]
    frames = [figures[frame] for frame in ("crop", "whole") if figures[frame]["n"]]
    return sum(frame["iou"] * frame["n"] for frame in frames) / sum(frame["n"] for frame in frames)


def _speeds(name: str, engines: dict[Form, LighterEngine]) -> dict[Form, float]:
    """Median ms of one forward pass in each form, measured in turns."""
    image, _mask = draw_lesion(2, 480, 640)
    times: dict[Form, list[float]] = {form: [] for form in engines}
    for _run in range(RUNS):
        for form, engine in engines.items():
            start = perf_counter()
            _ask(engine, name, image)
            times[form].append(1000 * (perf_counter() - start))
    return {form: median(values[RUNS // 10 :]) for form, values in times.items()}


def _ask(engine: LighterEngine, name: str, image: np.ndarray) -> None:
    if registry.card(name).task is Task.SEGMENTATION:
        engine.segment(name, image)
    else:
        engine.classify(name, image, explain=False)


def _spread(samples: list, count: int) -> list:
    """``count`` of the samples, evenly over all of them."""
    step = max(1, len(samples) // count)
    return list(samples)[::step][:count]


def _write(record: dict[str, Any], weights_dir: Path) -> None:
    name = record["name"]
    text = json.dumps(record, indent=1) + "\n"
    live_record_path(name, weights_dir).write_text(text, encoding="utf-8")
    if record["kept"] != Form.INT8:
        for path in int8_files(name, weights_dir):
            path.unlink(missing_ok=True)
