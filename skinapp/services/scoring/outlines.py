"""Scores of outlines: a row for each test photograph, and their means with intervals."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.isic2018 import full_frame_samples, task1_samples
from skinapp.data.pixels import read_image, read_mask
from skinapp.data.sample import Sample
from skinapp.errors import DataError
from skinapp.imaging.geometry import plain_mask
from skinapp.labels import HAM7_CODES
from skinapp.metrics.bootstrap import Interval, mean_interval
from skinapp.services.analyze import DEFAULT_THRESHOLD, Engine
from skinapp.services.scoring.measures import OUTLINE, outline_scores
from skinapp.services.scoring.photograph import photograph_facts
from skinapp.services.scoring.tables import Row, Table, as_table

SIDE_PX = 256
REPORTED_FRAMES = ("crop", "whole")
CLASS_FRAME = "ham10000"
PER_CLASS = 50  # photographs of each HAM10000 class: enough to tell classes apart, few enough to stay quick

Scores = tuple[list[Row], dict[str, Any]]


def score_segmenter(name: str, data_dir: Path, engine: Engine, split: str) -> Scores:
    """Rows of Task 1 as crops and whole frames, and of up to `PER_CLASS` HAM10000 photographs a class.

    The figures are of Task 1 alone; the HAM10000 rows, even over the classes, only tell classes apart.
    """
    rows = [
        _row(name, sample, frame, engine)
        for frame, samples in _sources(data_dir, split)
        for sample in samples
    ]
    return rows, {"split": split, "threshold": DEFAULT_THRESHOLD, "side_px": SIDE_PX} | outline_figures(rows)


def outline_figures(rows: Sequence[Row]) -> dict[str, Any]:
    """Means of each frame and, under ``intervals``, their 95 % intervals."""
    table = as_table(rows)
    known = {frame: outline_intervals(table.where("frame", frame)) for frame in REPORTED_FRAMES}
    figures: dict[str, Any] = {
        frame: {"n": len(table.where("frame", frame))}
        | {key: round(interval.value, 4) for key, interval in intervals.items()}
        for frame, intervals in known.items()
    }
    return figures | {
        "intervals": {
            frame: {
                key: [round(interval.low, 4), round(interval.high, 4)] for key, interval in intervals.items()
            }
            for frame, intervals in known.items()
        }
    }


def outline_intervals(table: Table) -> dict[str, Interval]:
    """Mean and interval of every measure that the table has; whole lesions are drawn where they are known."""
    lesions = table.words("lesion_id") if table.has("lesion_id") else None
    groups = lesions if lesions is not None and (lesions != "").all() else None
    return {
        measure.key: mean_interval(table.numbers(measure.key), groups)
        for measure in OUTLINE
        if table.has(measure.key)
    }


def _sources(data_dir: Path, split: str) -> Iterator[tuple[str, list[Sample]]]:
    yield "crop", task1_samples(data_dir, split)
    yield "whole", full_frame_samples(data_dir, split)
    yield CLASS_FRAME, _some_of_each_class(data_dir, split)


def _some_of_each_class(data_dir: Path, split: str) -> list[Sample]:
    """The first photographs of each class in order of their ids; none where HAM10000 is not there."""
    try:
        samples = ham10000_samples(data_dir, split)
    except DataError:
        return []
    by_class: dict[int | None, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_class[sample.target].append(sample)
    return [sample for members in by_class.values() for sample in members[:PER_CLASS]]


def _row(name: str, sample: Sample, frame: str, engine: Engine) -> Row:
    image, target = read_image(sample.image), read_mask(sample.mask)
    mask = plain_mask(engine.segment(name, image).prob_map, *target.shape, DEFAULT_THRESHOLD)
    row: Row = {"image_id": sample.key, "frame": frame}
    row |= {key: round(value, 5) for key, value in outline_scores(mask, target).items()}
    row |= photograph_facts(image, target)
    if frame == CLASS_FRAME:
        row |= {"lesion_id": sample.group, "dx": HAM7_CODES[sample.target]}
    return row
