"""Fits what keeps a classifier's answers in bounds: its cases, its prediction sets, the level of an alarm.

Cases come from training rows, limits from validation rows; test rows are only reported on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.pixels import read_images
from skinapp.labels import HAM7_CODES, lesion_class
from skinapp.metrics.conformal import conformal_sets, conformal_thresholds, set_coverage
from skinapp.metrics.curves import threshold_curve
from skinapp.models import registry
from skinapp.models.card import ModelCard
from skinapp.models.cases import fit_cases, save_cases
from skinapp.models.held_out import refuse_other_split
from skinapp.models.weights import find_checkpoint, write_record
from skinapp.patient import UNKNOWN, Patient
from skinapp.services.analyze import Engine
from skinapp.services.caution import COVERAGES, GATEKEEPER
from skinapp.services.gatekeeping import fit_gate
from skinapp.services.scoring.classes import target_indices
from skinapp.services.scoring.measures import share_of

AXES = 64
_COMMON = ("nv", "mel")
AIM = 0.80, 0.75  # sensitivity that paper C aimed at, and specificity, of an alarm of two classes

Figures = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Seen:
    """Photographs as a classifier saw them: pooled features (N, C) and probabilities (N, K)."""

    features: np.ndarray
    probs: np.ndarray


def calibrate(name: str, data_dir: Path, weights_dir: Path, engine: Engine) -> Figures:
    """Write the cases of a classifier, and into its record its prediction sets; returns what it recorded.

    Of the gatekeeper also the gate, see `fit_gate`, of a model of two classes the level of its alarm. Needs
    HAM10000.
    """
    card, record = registry.card(name), find_checkpoint(name, weights_dir).record
    refuse_other_split(name, record)
    labels = card.labels
    samples = {split: ham10000_samples(data_dir, split) for split in ("train", "val", "test")}
    seen = {
        split: _seen(_who_sees(card, split), read_images(rows), engine, (row.patient for row in rows))
        for split, rows in samples.items()
    }
    targets = {split: np.array([row.target for row in rows]) for split, rows in samples.items()}
    cases = fit_cases(
        seen["train"].features,
        np.array([row.key for row in samples["train"]]),
        np.array([row.group for row in samples["train"]]),
        targets["train"],
        AXES,
    )
    told = {
        split: target_indices([HAM7_CODES[index] for index in indices], labels)
        for split, indices in targets.items()
    }
    fitted: Figures = {"prediction_sets": _prediction_sets(seen, told, labels)}
    if card.has_metadata:
        untold = _seen(name, read_images(samples["test"]), engine).probs
        _tell_of_untold(fitted["prediction_sets"], untold, told["test"])
    if card.has_alarm_levels:
        fitted["alarm"] = _alarm(seen, told, labels)
    if name == GATEKEEPER:
        fitted["gate"] = fit_gate(data_dir, weights_dir, engine)
    known = {"cases": save_cases(cases, name, weights_dir)} | fitted  # last: the record knows their hash
    write_record(name, weights_dir, record | known)
    return known


def _who_sees(card: ModelCard, split: str) -> str:
    """Of training rows only features count: a committee's are those of its first member."""
    return card.members[0] if card.members and split == "train" else card.name


def _seen(
    name: str, images: Iterable[np.ndarray], engine: Engine, patients: Iterable[Patient] = repeat(UNKNOWN)
) -> Seen:
    answers = [
        engine.classify(name, image, explain=False, patient=patient)
        for image, patient in zip(images, patients, strict=False)
    ]
    return Seen(*(np.stack([getattr(one, part) for one in answers]) for part in ("features", "probs")))


def _prediction_sets(
    seen: dict[str, Seen], targets: dict[str, np.ndarray], labels: tuple[str, ...]
) -> Figures:
    return {f"{coverage:g}": _one_coverage(seen, targets, labels, coverage) for coverage in COVERAGES}


def _one_coverage(
    seen: dict[str, Seen], targets: dict[str, np.ndarray], labels: tuple[str, ...], coverage: float
) -> Figures:
    """The thresholds from validation rows, and what their sets hold of the test rows."""
    groups = [_sharing(code) for code in labels]
    thresholds = conformal_thresholds(seen["val"].probs, targets["val"], coverage, groups).round(5)
    sets, true = conformal_sets(seen["test"].probs, thresholds), targets["test"]
    held = set_coverage(sets, true)
    return {
        "thresholds": dict(zip(labels, thresholds.tolist(), strict=True)),
        "test_n": len(true),
        "test_coverage": round(float(held.mean()), 4),
        "test_mean_size": round(float(sets.sum(axis=1).mean()), 3),
        "test_coverage_by_class": {
            label: round(float(held[true == index].mean()), 4)
            for index, label in enumerate(labels)
            if (true == index).any()
        },
    }


def _tell_of_untold(known: dict[str, Figures], probs: np.ndarray, true: np.ndarray) -> None:
    """Add what the same lists hold of the test rows where age, sex and site are not told."""
    for one in known.values():
        sets = conformal_sets(probs, np.array(list(one["thresholds"].values())))
        one["test_coverage_untold"] = round(float(set_coverage(sets, true).mean()), 4)


def _sharing(code: str) -> int:
    """Which classes share a promise: the two common ones have one each, the other malignant and pre-malignant
    ones have one together, and so have the other benign ones; some have too few validation rows alone."""
    if code in _COMMON:
        return _COMMON.index(code)
    return len(_COMMON) + lesion_class(code).is_suspicious


def _alarm(seen: dict[str, Seen], targets: dict[str, np.ndarray], labels: tuple[str, ...]) -> Figures:
    """The probability at which validation rows leave most room above both parts of `AIM`, the smaller room
    counting; and what it does on test rows."""
    malignant = labels.index("malignant")
    curve = threshold_curve(seen["val"].probs[:, malignant], targets["val"] == malignant)
    room = np.minimum(curve.sensitivity - AIM[0], curve.specificity - AIM[1])
    threshold = float(curve.threshold[room.argmax()])
    reached, positive = seen["test"].probs[:, malignant] >= threshold, targets["test"] == malignant
    return {
        "threshold": round(threshold, 5),
        "test_sensitivity": share_of(reached[positive]),
        "test_specificity": share_of(~reached[~positive]),
    }
