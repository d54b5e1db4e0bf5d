"""Scores of class probabilities: a row for each test photograph, and figures with intervals."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.pad_ufes_20 import CLASS_OF, ClinicalSample, pad_ufes_samples
from skinapp.data.pixels import read_image, read_mask
from skinapp.data.sample import Sample
from skinapp.labels import BINARY_CODES, HAM7, HAM7_CODES, class_index, lesion_class, most_dangerous
from skinapp.metrics.bootstrap import Interval, bootstrap_intervals
from skinapp.metrics.calibration import brier_score, expected_calibration_error
from skinapp.metrics.classification import (
    accuracy,
    balanced_accuracy,
    class_rates,
    confusion_matrix,
    one_vs_rest_auc,
    roc_auc,
    sensitivity_specificity,
)
from skinapp.metrics.curves import average_precision
from skinapp.patient import UNKNOWN, Patient
from skinapp.services.analyze import Engine
from skinapp.services.scoring.measures import CLASS, SUSPICION, Measure
from skinapp.services.scoring.photograph import photograph_facts
from skinapp.services.scoring.tables import Row, Table

THRESHOLDS = (0.1, 0.3, 0.5)
SUSPICIOUS = tuple(lesion.code for lesion in HAM7 if lesion.is_suspicious)
SUSPICIOUS_FROM = 0.5
RESAMPLES = 1000
RECORDED_TO = 2e-3  # how far figures of a record may be from those of its table, whose numbers are rounded

Scores = tuple[list[Row], dict[str, Any]]
Intervals = dict[str, Interval]


def score_classifier(
    name: str,
    data_dir: Path,
    engine: Engine,
    split: str,
    labels: Sequence[str] = HAM7_CODES,
    has_metadata: bool = False,
) -> Scores:
    """Rows of HAM10000 with the probability of every class, and their figures.

    Of a model with metadata, also what these change, see `gains`.
    """
    samples = ham10000_samples(data_dir, split)
    images = (read_image(sample.image) for sample in samples)
    answers = [
        (_probs(name, image, engine, sample.patient), _facts(sample, image))
        for sample, image in zip(samples, images, strict=True)
    ]
    rows = [
        {"image_id": sample.key, "lesion_id": sample.group, "dx": HAM7_CODES[sample.target]}
        | _named(labels, probs)
        | facts
        for sample, (probs, facts) in zip(samples, answers, strict=True)
    ]
    targets = target_indices([HAM7_CODES[sample.target] for sample in samples], labels)
    lesions = np.array([sample.group for sample in samples])
    probs = np.stack([probs for probs, _facts_of in answers])
    figures = classification_figures(probs, targets, labels)
    if has_metadata:
        untold = np.stack([_probs(name, read_image(sample.image), engine) for sample in samples])
        figures["gain_of_metadata"] = gains(probs, untold, targets, lesions)
    intervals = class_intervals(probs, targets, lesions)
    return rows, {"split": split} | figures | {
        "intervals": {key: [round(known.low, 4), round(known.high, 4)] for key, known in intervals.items()}
    }


def clinical_rows(name: str, data_dir: Path, engine: Engine, labels: Sequence[str] = HAM7_CODES) -> list[Row]:
    """The smartphone photographs of PAD-UFES-20 with our nearest class; empty where they are not there."""
    return [_clinical_row(name, sample, engine, labels) for sample in pad_ufes_samples(data_dir)]


def classification_figures(probs: np.ndarray, targets: np.ndarray, labels: Sequence[str]) -> dict[str, Any]:
    """The summary of class probabilities (N, K) against class indices (N,)."""
    matrix = confusion_matrix(probs.argmax(axis=1), targets, len(labels))
    rates = class_rates(matrix)
    overall = dict(zip((measure.key for measure in CLASS), _overall(probs, targets), strict=True))
    return (
        {"n": len(targets)}
        | {key: round(float(value), 4) for key, value in overall.items()}
        | {
            "auc": _by_label(labels, one_vs_rest_auc(probs, targets)),
            "average_precision": _by_label(labels, _average_precisions(probs, targets)),
            "f1": _by_label(labels, rates.f1),
            "sensitivity": _by_label(labels, rates.sensitivity),
            "specificity": _by_label(labels, rates.specificity),
            "at_thresholds": _at_thresholds(probs, targets, labels),
            "confusion_matrix": matrix.tolist(),
        }
    )


def class_intervals(probs: np.ndarray, targets: np.ndarray, groups: np.ndarray | None = None) -> Intervals:
    """Every measure of `CLASS` with its interval; ``groups`` (N,) are lesions, drawn as a whole.

    What such cases cannot tell, as a rank where there is one class alone, is left out.
    """
    intervals = bootstrap_intervals(
        lambda cases: _overall(probs[cases], targets[cases]), len(targets), groups, RESAMPLES
    )
    return _told(CLASS, intervals)


def recorded_intervals(
    probs: np.ndarray, targets: np.ndarray, figures: Mapping[str, Any]
) -> Intervals | None:
    """The same as `class_intervals` from what `score_classifier` recorded of these cases, at once.

    None where nothing was recorded, or ``figures`` are those of other cases: then they differ.
    """
    keys = [measure.key for measure in CLASS]
    known = figures.get("intervals", {})
    if figures.get("n") != len(targets) or not all(key in known and key in figures for key in keys):
        return None
    values = _overall(probs, targets)
    if not np.allclose(values, [figures[key] for key in keys], rtol=0, atol=RECORDED_TO):
        return None
    return {
        key: Interval(float(value), *known[key], len(targets))
        for key, value in zip(keys, values, strict=True)
    }


def suspicion_intervals(table: Table) -> Intervals:
    """The same of every measure of `SUSPICION`, of any classifier; lesions are drawn as a whole."""
    scores, positives = suspicion(table)
    intervals = bootstrap_intervals(
        lambda cases: suspicion_figures(scores[cases], positives[cases]),
        len(table),
        table.words("lesion_id"),
        RESAMPLES,
    )
    return _told(SUSPICION, intervals)


def _told(measures: Sequence[Measure], intervals: Sequence[Interval]) -> Intervals:
    pairs = zip(measures, intervals, strict=True)
    return {measure.key: interval for measure, interval in pairs if not np.isnan(interval.value)}


def suspicion_figures(scores: np.ndarray, positives: np.ndarray) -> np.ndarray:
    """The measures of `SUSPICION` in their order; NaN where there is no such case."""

    def share(values: np.ndarray) -> float:
        return float(values.mean()) if values.size else float("nan")

    called = scores >= SUSPICIOUS_FROM
    both = positives.any() and not positives.all()
    area = roc_auc(scores, positives) if both else float("nan")
    return np.array([area, share(called[positives]), share(~called[~positives])])


def gains(
    probs: np.ndarray, before: np.ndarray, targets: np.ndarray, groups: np.ndarray | None = None
) -> dict[str, list[float]]:
    """The change of every measure of `CLASS` from ``before`` to ``probs``, both (N, K): [value, low, high].

    Photographs are drawn for both at once, so that what is common to both does not widen the interval.
    """
    intervals = bootstrap_intervals(
        lambda cases: _overall(probs[cases], targets[cases]) - _overall(before[cases], targets[cases]),
        len(targets),
        groups,
        RESAMPLES,
    )
    return {
        measure.key: [round(part, 4) for part in interval[:3]]
        for measure, interval in zip(CLASS, intervals, strict=True)
    }


def labels_of(table: Table) -> tuple[str, ...]:
    """The classes of the model whose rows these are."""
    return BINARY_CODES if table.has(BINARY_CODES[0]) else HAM7_CODES


def target_indices(codes: Iterable[str], labels: Sequence[str]) -> np.ndarray:
    """Which of ``labels`` each class of HAM10000 is, see `class_index`: int64 (N,)."""
    return np.array([class_index(code, labels) for code in codes], dtype=np.int64)


def probabilities(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (N, K), each row scaled to sum to 1, and class indices (N,) of a table."""
    labels = labels_of(table)
    probs = np.column_stack([table.numbers(label) for label in labels])
    return probs / probs.sum(axis=1, keepdims=True), target_indices(table.words("dx"), labels)


def suspicion(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """Probability (N,) of any malignant or pre-malignant class, and whether the lesion is one, bool (N,)."""
    probs, _targets = probabilities(table)
    suspicious = [lesion_class(label).is_suspicious for label in labels_of(table)]
    return probs[:, suspicious].sum(axis=1), np.isin(table.words("dx"), SUSPICIOUS)


def _overall(probs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The measures of `CLASS` in their order."""
    predicted = probs.argmax(axis=1)
    rates = class_rates(confusion_matrix(predicted, targets, probs.shape[1]))
    return np.array(
        [
            balanced_accuracy(predicted, targets),
            accuracy(predicted, targets),
            np.nanmean(one_vs_rest_auc(probs, targets)),
            np.nanmean(_average_precisions(probs, targets)),
            np.nanmean(rates.f1),
            expected_calibration_error(probs, targets),
            brier_score(probs, targets),
        ]
    )


def _average_precisions(probs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Of each class against all others (K,); NaN for a class that no case, or every case, belongs to."""
    values = np.full(probs.shape[1], np.nan)
    for index in range(probs.shape[1]):
        positives = targets == index
        if positives.any() and not positives.all():
            values[index] = average_precision(probs[:, index], positives)
    return values


def _at_thresholds(probs: np.ndarray, targets: np.ndarray, labels: Sequence[str]) -> dict[str, Any]:
    """Sensitivity and specificity for the most dangerous class at each of `THRESHOLDS`.

    {} without such a class, and without both kinds of cases.
    """
    code = most_dangerous(labels)
    if code is None:
        return {}
    index = labels.index(code)
    positives = targets == index
    if positives.all() or not positives.any():
        return {}
    found = {str(at): sensitivity_specificity(probs[:, index], positives, at) for at in THRESHOLDS}
    return {
        code: {
            at: {"sensitivity": round(sensitivity, 4), "specificity": round(specificity, 4)}
            for at, (sensitivity, specificity) in found.items()
        }
    }


def _probs(name: str, image: np.ndarray, engine: Engine, patient: Patient = UNKNOWN) -> np.ndarray:
    return engine.classify(name, image, explain=False, patient=patient).probs


def _facts(sample: Sample, image: np.ndarray) -> Row:
    return photograph_facts(image, read_mask(sample.mask))


def _clinical_row(name: str, sample: ClinicalSample, engine: Engine, labels: Sequence[str]) -> Row:
    probs = _probs(name, read_image(sample.image), engine)
    known = {
        "image_id": sample.key,
        "patient_id": sample.patient,
        "diagnosis": sample.diagnosis,
        "dx": CLASS_OF[sample.diagnosis],
        "fitzpatrick": sample.fitzpatrick,
    }
    return known | _named(labels, probs)


def _named(labels: Sequence[str], probs: np.ndarray) -> Row:
    return {label: round(float(prob), 5) for label, prob in zip(labels, probs, strict=True)}


def _by_label(labels: Sequence[str], values: Iterable[float]) -> dict[str, float | None]:
    return {
        label: None if np.isnan(value) else round(float(value), 4)
        for label, value in zip(labels, values, strict=True)
    }
