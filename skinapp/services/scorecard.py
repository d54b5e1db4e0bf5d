"""Test-row figures of a model: one row per photograph, and their summary in the model's record."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from skinapp.attribution.method import Method, methods_of
from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.isic2018 import task1_samples
from skinapp.data.pixels import read_image
from skinapp.models import registry
from skinapp.models.card import Task
from skinapp.models.held_out import refuse_other_split
from skinapp.models.weights import find_checkpoint, write_record
from skinapp.services import analyze, enlargement_scores
from skinapp.services.enlargement_scores import score_enlarger
from skinapp.services.honesty import NO_DISTANCES, Distance
from skinapp.services.scoring.classes import clinical_rows, score_classifier
from skinapp.services.scoring.frames import frame_agreement
from skinapp.services.scoring.outlines import score_segmenter
from skinapp.services.scoring.tables import Row, clinical_path, table_path, write_table

HEAT_QUANTILE = 0.9
HEAT_SAMPLES, SLOW_HEAT_SAMPLES = 200, 12

Figures = dict[str, Any]
Scores = tuple[list[Row], Figures]


class Engine(analyze.Engine, enlargement_scores.Engine, Protocol):
    """What evaluation asks for on top of an analysis and an enlargement."""

    def explain_outline(self, name: str, image: np.ndarray) -> np.ndarray: ...

    def explain_classes(self, name: str, image: np.ndarray, method: Method) -> np.ndarray: ...


@dataclass(frozen=True)
class Trial:
    """One model on one split of the datasets in ``data_dir``."""

    name: str
    data_dir: Path
    engine: Engine
    split: str
    distances: Mapping[str, Distance] = field(default_factory=dict)


def evaluate(
    name: str,
    data_dir: Path,
    weights_dir: Path,
    engine: Engine,
    split: str = "test",
    distances: Mapping[str, Distance] = NO_DISTANCES,
) -> Figures:
    """Score a model on one split, through the same engine and preprocessing as the app.

    Figures of the test rows are kept in the model's record and one row per photograph in
    ``NAME.test.csv`` beside it, a classifier's rows of PAD-UFES-20 in ``NAME.pad-ufes-20.csv``; other splits
    are only returned. ``distances`` are further metrics of super-resolution, see `score_enlarger`.
    """
    checkpoint = find_checkpoint(name, weights_dir)
    refuse_other_split(name, checkpoint.record)
    rows, figures = score(name, data_dir, engine, split, distances)
    if split == "test":
        heat = reference_heat(name, data_dir, engine)
        scale = {} if heat is None else {"reference_heat": round(heat * checkpoint.reference_heat, 5)}
        if registry.card(name).task is Task.CLASSIFICATION:
            heats = reference_heats(name, data_dir, engine)
            known = {key: heats[key] * checkpoint.reference_heat_of(key) for key in heats}
            scale["reference_heats"] = {key: float(f"{value:.4g}") for key, value in known.items()}
        write_table(table_path(name, weights_dir), rows)
        _write_clinical_rows(name, data_dir, weights_dir, engine)
        write_record(name, weights_dir, checkpoint.record | {"figures": figures} | scale)
    return figures


def score(
    name: str, data_dir: Path, engine: Engine, split: str, distances: Mapping[str, Distance] = NO_DISTANCES
) -> Scores:
    """The rows of a split and their summary; nothing is written."""
    return _SCORERS[registry.card(name).task](Trial(name, data_dir, engine, split, distances))


def reference_heat(name: str, data_dir: Path, engine: Engine) -> float | None:
    """What full heat means for a model: the `HEAT_QUANTILE` of the hottest pixel over validation photographs.

    Of a classifier, the map of its most probable class counts; None for a model without heat maps. A scale of
    the model's own, and not of the photograph's, lets a weak map look weak.
    """
    peaks = _PEAKS.get(registry.card(name).task)
    if peaks is None or not registry.card(name).has_maps:
        return None
    return float(np.quantile(list(peaks(Trial(name, data_dir, engine, "val"))), HEAT_QUANTILE)) or 1.0


def reference_heats(name: str, data_dir: Path, engine: Engine) -> dict[str, float]:
    """The same for a classifier's maps by the other methods; from fewer photographs by the slow one."""
    others = [method for method in methods_of(registry.card(name)) if method is not Method.GRAD_CAM]
    trial = Trial(name, data_dir, engine, "val")
    return {
        str(method): float(np.quantile(list(_peaks_by(method, trial)), HEAT_QUANTILE)) or 1.0
        for method in others
    }


def _segmenter(trial: Trial) -> Scores:
    return score_segmenter(trial.name, trial.data_dir, trial.engine, trial.split)


def _classifier(trial: Trial) -> Scores:
    card = registry.card(trial.name)
    known = trial.name, trial.data_dir, trial.engine, trial.split
    rows, figures = score_classifier(*known, card.labels, card.has_metadata)
    frames = frame_agreement(*known)
    return rows, figures | ({"whole_frames": frames} if frames else {})


def _enlarger(trial: Trial) -> Scores:
    return score_enlarger(trial.name, trial.data_dir, trial.engine, trial.split, trial.distances)


def _outline_peaks(trial: Trial) -> Iterator[float]:
    for sample in task1_samples(trial.data_dir, trial.split)[:HEAT_SAMPLES]:
        yield trial.engine.explain_outline(trial.name, read_image(sample.image)).max()


def _class_peaks(trial: Trial) -> Iterator[float]:
    for sample in ham10000_samples(trial.data_dir, trial.split)[:HEAT_SAMPLES]:
        prediction = trial.engine.classify(trial.name, read_image(sample.image))
        yield prediction.heatmaps[prediction.top].max()


def _peaks_by(method: Method, trial: Trial) -> Iterator[float]:
    count = SLOW_HEAT_SAMPLES if method is Method.SCORE_CAM else HEAT_SAMPLES
    for sample in ham10000_samples(trial.data_dir, trial.split)[:count]:
        image = read_image(sample.image)
        top = trial.engine.classify(trial.name, image, explain=False).top
        yield trial.engine.explain_classes(trial.name, image, method)[top].max()


def _write_clinical_rows(name: str, data_dir: Path, weights_dir: Path, engine: Engine) -> None:
    card = registry.card(name)
    if card.task is Task.CLASSIFICATION:
        rows = clinical_rows(name, data_dir, engine, card.labels)
        if rows:
            write_table(clinical_path(name, weights_dir), rows)


_SCORERS: dict[Task, Callable[[Trial], Scores]] = {
    Task.SEGMENTATION: _segmenter,
    Task.CLASSIFICATION: _classifier,
    Task.SUPER_RESOLUTION: _enlarger,
}
_PEAKS: dict[Task, Callable[[Trial], Iterator[float]]] = {
    Task.SEGMENTATION: _outline_peaks,
    Task.CLASSIFICATION: _class_peaks,
}
