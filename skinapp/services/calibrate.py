"""Fits what keeps a classifier's answers in bounds: its cases, the limits of its refusal, prediction sets.

Cases come from training rows, limits from validation rows; test rows, drawn pictures and the smartphone
photographs that taught nothing are only reported on. The refusal is fitted for the gatekeeper alone, on every
kind of dermoscopy at hand: HAM10000, and the crops and whole frames of ISIC 2018 Task 1.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from skinapp.data import isic2018
from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.pad_ufes_20 import pad_ufes_samples
from skinapp.data.pixels import read_image
from skinapp.data.splits import draw_splits
from skinapp.imaging.decoys import DECOYS, draw_decoy
from skinapp.imaging.skin_tone import reddish_share
from skinapp.labels import HAM7_CODES
from skinapp.metrics.conformal import conformal_sets, conformal_threshold, set_coverage
from skinapp.metrics.curves import threshold_curve
from skinapp.models import registry
from skinapp.models.card import ModelCard
from skinapp.models.cases import Cases, fit_cases, load_cases, phone_direction, save_cases
from skinapp.models.weights import find_checkpoint, write_record
from skinapp.patient import UNKNOWN, Patient
from skinapp.results import Likeness
from skinapp.services.analyze import Engine
from skinapp.services.caution import COVERAGES, GATEKEEPER, Gate
from skinapp.services.scoring.classes import target_indices

AXES = 64
REFUSED = 0.03  # of any kind of real dermoscopy, at most, for unknown features: the price of the refusal
PALE = 0.02  # of the same, for showing no colour of skin
WARNED = 0.05  # of the same, for being no dermoscopy
OF_EACH_KIND = 40  # drawn pictures
AIM = 0.80, 0.75  # sensitivity that paper C aimed at, and specificity, of an alarm of two classes

Figures = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Seen:
    """Photographs as a classifier saw them: pooled features (N, C) and probabilities (N, K).

    And `reddish_share`, (N,), of the photographs as they are.
    """

    features: np.ndarray
    probs: np.ndarray
    reddish: np.ndarray

    def of(self, rows: np.ndarray) -> "Seen":
        """Those of bool (N,)."""
        return Seen(self.features[rows], self.probs[rows], self.reddish[rows])


def calibrate(name: str, data_dir: Path, weights_dir: Path, engine: Engine) -> Figures:
    """Write the cases of a classifier, and into its record its prediction sets; returns what it recorded.

    Of the gatekeeper also the limits of the gate, of a model of two classes the level of its alarm. Needs
    HAM10000; without PAD-UFES-20 nothing is told to be no dermoscopy, without ISIC 2018 Task 1 the gate knows
    of no other dermoscopy than HAM10000.
    """
    card, record = registry.card(name), find_checkpoint(name, weights_dir).record
    labels = card.labels
    samples = {split: ham10000_samples(data_dir, split) for split in ("train", "val", "test")}
    seen = {
        split: _seen(_who_sees(card, split), _images(rows), engine, (row.patient for row in rows))
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
    known: Figures = {"prediction_sets": _prediction_sets(seen, told, labels)}
    if card.has_alarm_levels:
        known["alarm"] = _alarm(seen, told, labels)
    if name == GATEKEEPER:
        known |= _with_gate(cases, seen, data_dir, weights_dir, engine)
    else:
        known["cases"] = save_cases(cases, name, weights_dir)
    write_record(name, weights_dir, record | known)
    return known


def _with_gate(
    cases: Cases, seen: dict[str, Seen], data_dir: Path, weights_dir: Path, engine: Engine
) -> Figures:
    """Write the gatekeeper's cases, which learn of smartphone photographs first, and fit the gate."""
    train, val, test = (
        {"ham10000": seen[split]} | _other_dermoscopy(data_dir, split, engine)
        for split in ("train", "val", "test")
    )
    phones = pad_ufes_samples(data_dir)
    teaches = _taught(phones)
    phone = _seen(GATEKEEPER, _images(phones), engine) if phones else None
    if phone is not None:
        known_features = np.concatenate([one.features for one in train.values()])
        cases = replace(cases, phone=phone_direction(known_features, phone.of(teaches).features))
    known = {"cases": save_cases(cases, GATEKEEPER, weights_dir)}
    cases = load_cases(GATEKEEPER, weights_dir, known)  # as everyone else will see them
    limits = _limits(cases, list(val.values()))
    gate = Gate(cases, **limits)
    figures: Figures = {"drawn_refused": _drawn(gate, engine)}
    figures["dermoscopy"] = {kind: _outcome(gate, one) for kind, one in test.items()}
    if phone is not None:
        figures["phone"] = _outcome(gate, phone.of(~teaches))
    return known | {"gate": limits | figures}


def _other_dermoscopy(data_dir: Path, split: str, engine: Engine) -> dict[str, Seen]:
    """Photographs through a dermatoscope from elsewhere than HAM10000, by kind; {} where there are none."""
    if not (data_dir / isic2018.FOLDER).is_dir():
        return {}
    kinds = {
        "task1_crops": isic2018.task1_samples(data_dir, split),
        "task1_frames": isic2018.full_frame_samples(data_dir, split),
    }
    return {kind: _seen(GATEKEEPER, _images(rows), engine) for kind, rows in kinds.items() if rows}


def _who_sees(card: ModelCard, split: str) -> str:
    """Of training rows only features count: a committee's are those of its first member."""
    return card.members[0] if card.members and split == "train" else card.name


def _seen(
    name: str, images: Iterable[np.ndarray], engine: Engine, patients: Iterable[Patient] = repeat(UNKNOWN)
) -> Seen:
    answers, reddish = [], []
    for image, patient in zip(images, patients, strict=False):
        answers.append(engine.classify(name, image, explain=False, patient=patient))
        reddish.append(reddish_share(image))
    features, probs = (np.stack([getattr(one, part) for one in answers]) for part in ("features", "probs"))
    return Seen(features, probs, np.array(reddish))


def _images(rows: Iterable[Any]) -> Iterable[np.ndarray]:
    return (read_image(row.image) for row in rows)


def _taught(phones: list[Any]) -> np.ndarray:
    """Which smartphone photographs teach what is no dermoscopy, bool (N,): those of half the patients."""
    sides = draw_splits({one.key: one.patient for one in phones}, (0.5, 0.0, 0.5))
    return np.array([sides[one.key] == "train" for one in phones], bool)


def _prediction_sets(
    seen: dict[str, Seen], targets: dict[str, np.ndarray], labels: tuple[str, ...]
) -> Figures:
    return {f"{coverage:g}": _one_coverage(seen, targets, labels, coverage) for coverage in COVERAGES}


def _one_coverage(
    seen: dict[str, Seen], targets: dict[str, np.ndarray], labels: tuple[str, ...], coverage: float
) -> Figures:
    """The threshold from validation rows, and what its sets hold of the test rows."""
    threshold = conformal_threshold(seen["val"].probs, targets["val"], coverage)
    sets, true = conformal_sets(seen["test"].probs, threshold), targets["test"]
    held = set_coverage(sets, true)
    return {
        "threshold": round(threshold, 5),
        "test_n": len(true),
        "test_coverage": round(float(held.mean()), 4),
        "test_mean_size": round(float(sets.sum(axis=1).mean()), 3),
        "test_coverage_by_class": {
            label: round(float(held[true == index].mean()), 4)
            for index, label in enumerate(labels)
            if (true == index).any()
        },
    }


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
        "test_sensitivity": _share(reached[positive]),
        "test_specificity": _share(~reached[~positive]),
    }


def _limits(cases: Cases, kinds: list[Seen]) -> dict[str, float]:
    """The limits of the gate: no kind of dermoscopy is refused or warned of more often than was decided."""

    def highest(scores: Callable[[np.ndarray], np.ndarray], share: float) -> float:
        return max(np.quantile(scores(kind.features), 1 - share) for kind in kinds)

    limits = {
        "refuse_over": highest(cases.strangeness, REFUSED),
        "least_reddish": min(np.quantile(kind.reddish, PALE) for kind in kinds),
    }
    if cases.phone is not None:
        limits["warn_over"] = highest(cases.phone_scores, WARNED)
    return {key: round(float(limit), 5) for key, limit in limits.items()}


def _kinds(gate: Gate, seen: Seen) -> np.ndarray:
    """What the gate says of each photograph, (N,)."""
    return np.array([gate.likeness(*pair) for pair in zip(seen.features, seen.reddish, strict=True)])


def _outcome(gate: Gate, seen: Seen) -> Figures:
    """How many photographs there are, and the shares that the gate refuses and warns of."""
    kinds = _kinds(gate, seen)
    refused, warned = (_share(kinds == likeness) for likeness in (Likeness.NONE, Likeness.OTHER))
    return {"n": len(kinds), "refused": refused, "warned": warned}


def _drawn(gate: Gate, engine: Engine) -> Figures:
    """The share of drawn pictures without skin that is refused, of each kind and of all."""
    shares = {}
    for kind in DECOYS:
        pictures = (draw_decoy(kind, seed) for seed in range(OF_EACH_KIND))
        shares[kind] = _share(_kinds(gate, _seen(GATEKEEPER, pictures, engine)) == Likeness.NONE)
    return {"n": OF_EACH_KIND * len(shares), "all": round(float(np.mean(list(shares.values()))), 4)} | shares


def _share(found: np.ndarray) -> float:
    return round(float(found.mean()), 4)
