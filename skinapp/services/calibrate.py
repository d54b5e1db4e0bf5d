"""Fits what keeps a classifier's answers in bounds: its cases, the limits of its refusal, prediction sets.

Cases come from training rows, limits from validation rows; test rows, drawn pictures and the smartphone
photographs that taught nothing are only reported on. The refusal is fitted for the gatekeeper alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

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
REFUSED = 0.03  # of real dermoscopy: the price of the refusal
WARNED = 0.05  # of real dermoscopy, for being no dermoscopy
PALE = 0.05  # of photographs without a dermatoscope: they may be refused for showing no colour of skin
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
    HAM10000; without PAD-UFES-20 nothing is told to be no dermoscopy.
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
    phones = pad_ufes_samples(data_dir)
    teaches = _taught(phones)
    phone = _seen(GATEKEEPER, _images(phones), engine) if phones else None
    if phone is not None:
        parted = (cases.components(one.features) for one in (seen["train"], phone.of(teaches)))
        cases = replace(cases, phone=phone_direction(*parted))
    known = {"cases": save_cases(cases, GATEKEEPER, weights_dir)}
    cases = load_cases(GATEKEEPER, weights_dir, known)  # as everyone else will see them
    limits = _limits(cases, seen["val"], None if phone is None else phone.of(teaches))
    gate = Gate(cases, **limits)
    kinds = _kinds(gate, seen["test"])
    figures = {"test_refused": _share(kinds == Likeness.NONE), "drawn_refused": _drawn(gate, engine)}
    if phone is not None:
        figures["test_warned"] = _share(kinds == Likeness.OTHER)
        kinds = _kinds(gate, phone.of(~teaches))
        figures |= {
            "phone_n": len(kinds),
            "phone_refused": _share(kinds == Likeness.NONE),
            "phone_warned": _share(kinds == Likeness.OTHER),
        }
    return known | {"gate": limits | figures}


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


def _limits(cases: Cases, dermoscopy: Seen, phone: Seen | None) -> dict[str, float]:
    """The limits of the gate, from photographs through a dermatoscope and, where there are some, by phone."""
    limits = {"refuse_over": np.quantile(cases.strangeness(dermoscopy.features), 1 - REFUSED)}
    if phone is not None:
        limits["warn_over"] = np.quantile(cases.phone_scores(dermoscopy.features), 1 - WARNED)
        limits["least_reddish"] = np.quantile(phone.reddish, PALE)
    return {key: round(float(limit), 5) for key, limit in limits.items()}


def _kinds(gate: Gate, seen: Seen) -> np.ndarray:
    """What the gate says of each photograph, (N,)."""
    return np.array([gate.likeness(*pair) for pair in zip(seen.features, seen.reddish, strict=True)])


def _drawn(gate: Gate, engine: Engine) -> Figures:
    """The share of drawn pictures without skin that is refused, of each kind and of all."""
    shares = {}
    for kind in DECOYS:
        pictures = (draw_decoy(kind, seed) for seed in range(OF_EACH_KIND))
        shares[kind] = _share(_kinds(gate, _seen(GATEKEEPER, pictures, engine)) == Likeness.NONE)
    return {"n": OF_EACH_KIND * len(shares), "all": round(float(np.mean(list(shares.values()))), 4)} | shares


def _share(found: np.ndarray) -> float:
    return round(float(found.mean()), 4)
