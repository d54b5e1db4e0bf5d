"""The rows of the scorecard: every scored model of a task with its figures and their intervals."""

from pathlib import Path
from typing import Any

from skinapp.engine.records import Form, live_record
from skinapp.metrics.bootstrap import Interval
from skinapp.models.card import Task
from skinapp.services.catalogue import Listing, listings
from skinapp.services.scoring.classes import (
    class_intervals,
    probabilities,
    recorded_intervals,
    suspicion_intervals,
)
from skinapp.services.scoring.outlines import outline_intervals
from skinapp.services.scoring.scored import ScoredModel
from skinapp.services.scoring.tables import Table, read_table, table_path


def scored_outlines(weights_dir: Path, frame: str = "crop") -> tuple[ScoredModel, ...]:
    """The installed outline models that were scored, in the order of the zoo, on one kind of frame."""
    known = []
    for listing in listings(weights_dir, Task.SEGMENTATION):
        table = read_table(table_path(listing.card.name, weights_dir)).where("frame", frame)
        if len(table):
            known.append(_scored(listing, table, outline_intervals(table), weights_dir))
    return tuple(known)


def scored_classifiers(weights_dir: Path) -> tuple[ScoredModel, ...]:
    """The installed classifiers of any classes that were scored; lesions are drawn as a whole."""
    known = []
    for listing in listings(weights_dir, Task.CLASSIFICATION):
        table = read_table(table_path(listing.card.name, weights_dir))
        if len(table):
            cases = probabilities(table)
            intervals = recorded_intervals(*cases, listing.record.get("figures", {}))
            intervals = intervals or class_intervals(*cases, table.words("lesion_id"))
            known.append(_scored(listing, table, intervals | suspicion_intervals(table), weights_dir))
    return tuple(known)


def _scored(listing: Listing, table: Table, intervals: dict[str, Interval], weights_dir: Path) -> ScoredModel:
    record, card = listing.record, listing.card
    figures = record.get("figures", {})
    return ScoredModel(
        card.name,
        card.title,
        table,
        intervals,
        record.get("parameters"),
        _milliseconds(card.name, record, weights_dir),
        tuple(record.get("curve", ())),
        card.twin,
        figures.get("gain_of_metadata", {}),
        figures.get("whole_frames", {}),
    )


def _milliseconds(name: str, record: dict[str, Any], weights_dir: Path) -> float | None:
    live = live_record(name, weights_dir)
    if live.get("sha256") != record.get("sha256"):
        return None
    return live.get("forms", {}).get(Form.SINGLE, {}).get("ms")
