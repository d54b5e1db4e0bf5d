"""Test-row figures of a model: one row per photograph, and their summary in the model's record."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.isic2018 import full_frame_samples, task1_samples
from skinapp.data.pixels import read_image, read_mask
from skinapp.data.sample import Sample
from skinapp.imaging.geometry import plain_mask
from skinapp.metrics import segmentation
from skinapp.metrics.calibration import brier_score, expected_calibration_error
from skinapp.metrics.classification import (
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    one_vs_rest_auc,
)
from skinapp.models import registry
from skinapp.models.card import Task
from skinapp.models.weights import find_checkpoint, write_record
from skinapp.services import analyze, enlargement_scores
from skinapp.services.enlargement_scores import score_enlarger
from skinapp.services.honesty import NO_DISTANCES, Distance

THRESHOLD = 0.5
SIDE_PX = 256
HEAT_QUANTILE = 0.9
HEAT_SAMPLES = 200

SEGMENTATION_METRICS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "iou": segmentation.iou,
    "dice": segmentation.dice,
    "thresholded_jaccard": segmentation.thresholded_jaccard,
    "pixel_accuracy": segmentation.pixel_accuracy,
    "precision": segmentation.precision,
    "recall": segmentation.recall,
    "specificity": segmentation.specificity,
}

Row = dict[str, Any]
Figures = dict[str, Any]
Scores = tuple[list[Row], Figures]


class Engine(analyze.Engine, enlargement_scores.Engine, Protocol):
    """What evaluation asks for on top of an analysis and an enlargement."""

    def explain_outline(self, name: str, image: np.ndarray) -> np.ndarray: ...


def evaluate(
    name: str,
    data_dir: Path,
    weights_dir: Path,
    engine: Engine,
    split: str = "test",
    distances: Mapping[str, Distance] = NO_DISTANCES,
) -> dict[str, Any]:
    """Score a model on one split, through the same engine and preprocessing as the app.

    Figures of the test rows are kept in the model's record and one row per photograph in
    ``NAME.test.csv`` beside it; other splits are only returned. ``distances`` are further metrics of
    super-resolution, see `score_enlarger`.
    """
    checkpoint = find_checkpoint(name, weights_dir)
    rows, figures = score(name, data_dir, engine, split, distances)
    if split == "test":
        known = {"figures": figures}
        if registry.card(name).task is not Task.SUPER_RESOLUTION:
            heat = reference_heat(name, data_dir, engine) * checkpoint.reference_heat
            known["reference_heat"] = round(heat, 5)
        _write_rows(checkpoint.path.with_suffix(".test.csv"), rows)
        write_record(name, weights_dir, checkpoint.record | known)
    return figures


def score(
    name: str, data_dir: Path, engine: Engine, split: str, distances: Mapping[str, Distance] = NO_DISTANCES
) -> Scores:
    """The rows of a split and their summary; nothing is written."""
    if registry.card(name).task is Task.SUPER_RESOLUTION:
        return score_enlarger(name, data_dir, engine, split, distances)
    by_task = {Task.SEGMENTATION: _score_segmenter, Task.CLASSIFICATION: _score_classifier}
    return by_task[registry.card(name).task](name, data_dir, engine, split)


def reference_heat(name: str, data_dir: Path, engine: Engine) -> float:
    """What full heat means for a model: the `HEAT_QUANTILE` of the hottest pixel over validation photographs.

    Of a classifier, the map of its most probable class counts. A scale of the model's own, and not of the
    photograph's, lets a weak map look weak.
    """
    if registry.card(name).task is Task.SEGMENTATION:
        samples = task1_samples(data_dir, "val")[:HEAT_SAMPLES]
        peaks = [engine.explain_outline(name, read_image(sample.image)).max() for sample in samples]
    else:
        samples = ham10000_samples(data_dir, "val")[:HEAT_SAMPLES]
        predictions = (engine.classify(name, read_image(sample.image)) for sample in samples)
        peaks = [prediction.heatmaps[prediction.top].max() for prediction in predictions]
    return float(np.quantile(peaks, HEAT_QUANTILE)) or 1.0


def _score_segmenter(name: str, data_dir: Path, engine: Engine, split: str) -> Scores:
    rows: list[Row] = []
    for frame, samples in (
        ("crop", task1_samples(data_dir, split)),
        ("whole", full_frame_samples(data_dir, split)),
    ):
        rows += (_segmentation_row(name, sample, frame, engine) for sample in samples)
    figures = {
        frame: _means([row for row in rows if row["frame"] == frame], SEGMENTATION_METRICS)
        for frame in ("crop", "whole")
    }
    return rows, {"split": split, "threshold": THRESHOLD, "side_px": SIDE_PX} | figures


def _segmentation_row(name: str, sample: Sample, frame: str, engine: Engine) -> Row:
    image, target = read_image(sample.image), read_mask(sample.mask)
    mask = plain_mask(engine.segment(name, image).prob_map, *target.shape, THRESHOLD)
    values = {key: round(metric(mask, target), 5) for key, metric in SEGMENTATION_METRICS.items()}
    return {"image_id": sample.key, "frame": frame} | values


def _score_classifier(name: str, data_dir: Path, engine: Engine, split: str) -> Scores:
    samples = ham10000_samples(data_dir, split)
    probs = np.stack([engine.classify(name, read_image(sample.image)).probs for sample in samples])
    targets = np.array([sample.target for sample in samples])
    labels = registry.card(name).labels
    rows = [
        {"image_id": sample.key, "lesion_id": sample.group, "dx": labels[sample.target]}
        | {label: round(float(prob), 5) for label, prob in zip(labels, row, strict=True)}
        for sample, row in zip(samples, probs, strict=True)
    ]
    return rows, {"split": split} | classification_figures(probs, targets, labels)


def classification_figures(probs: np.ndarray, targets: np.ndarray, labels: Sequence[str]) -> dict[str, Any]:
    """The summary of class probabilities (N, K) against class indices (N,)."""
    predicted = probs.argmax(axis=1)
    auc = one_vs_rest_auc(probs, targets)
    matrix = confusion_matrix(predicted, targets, len(labels))
    recalls = np.diag(matrix) / np.maximum(matrix.sum(axis=1), 1)
    figures = {
        "n": len(targets),
        "accuracy": accuracy(predicted, targets),
        "balanced_accuracy": balanced_accuracy(predicted, targets),
        "macro_auc": float(np.mean(auc)),
        "expected_calibration_error": expected_calibration_error(probs, targets),
        "brier_score": brier_score(probs, targets),
    }
    return {key: round(value, 4) for key, value in figures.items()} | {
        "auc": _by_label(labels, auc),
        "sensitivity": _by_label(labels, recalls),
        "confusion_matrix": matrix.tolist(),
    }


def _by_label(labels: Sequence[str], values: Iterable[float]) -> dict[str, float]:
    return {label: round(float(value), 4) for label, value in zip(labels, values, strict=True)}


def _means(rows: Sequence[Row], keys: Iterable[str]) -> dict[str, Any]:
    return {"n": len(rows)} | {
        key: round(float(np.mean([row[key] for row in rows])), 4) for key in keys if rows
    }


def _write_rows(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
