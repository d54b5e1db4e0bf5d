"""Fits the gate before every classifier: what is no skin at all, and what was taken without a dermatoscope.

Where skin lies is learnt from training rows of every kind of dermoscopy at hand, HAM10000 and the crops and
whole frames of ISIC 2018 Task 1, and from the smartphone photographs of half the patients of PAD-UFES-20;
limits come from validation rows. Test rows, drawn pictures and the photographs of the other half are only
reported on.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from skinapp.data import isic2018
from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.pad_ufes_20 import ClinicalSample, pad_ufes_samples
from skinapp.data.pixels import read_images
from skinapp.data.splits import draw_splits
from skinapp.imaging.decoys import DECOYS, draw_decoy
from skinapp.imaging.degrade import other_light
from skinapp.models.texture import TextureSpace, fit_textures, save_textures
from skinapp.results import Likeness
from skinapp.services.analyze import Engine
from skinapp.services.caution import GATEKEEPER, Gate
from skinapp.services.scoring.measures import share_of

AXES = 48
REFUSED = 0.015  # of any kind of real dermoscopy, at most: the price of the refusal
WARNED = 0.05  # of the same, for being no dermoscopy
OF_EACH_KIND = 40  # drawn pictures

Figures = dict[str, Any]


def fit_gate(data_dir: Path, weights_dir: Path, engine: Engine) -> Figures:
    """Write where the gatekeeper sees skin; returns its limits, and what they do, for its record.

    What teaches is seen in its own light and in another one, since lamps and cameras differ more than the
    photographs at hand. Without PAD-UFES-20 nothing is told to be no dermoscopy, without ISIC 2018 Task 1 the
    gate knows of no other dermoscopy than HAM10000. The file is written last, since the record that knows
    its hash is not written here.
    """
    teachers, others = _phones(data_dir)
    train = [row for rows in _dermoscopy(data_dir, "train").values() for row in rows]
    dermoscopy = _textures(_in_two_lights(train), engine)
    phone = _textures(_in_two_lights(teachers), engine) if teachers else None
    space = fit_textures(dermoscopy, phone, AXES)
    val, test = (
        {kind: _textures(read_images(rows), engine) for kind, rows in _dermoscopy(data_dir, split).items()}
        for split in ("val", "test")
    )
    limits = _limits(space, list(val.values()))
    gate = Gate(space, **limits)
    figures: Figures = {"drawn_refused": _drawn(gate, engine)}
    figures["dermoscopy"] = {kind: _outcome(gate, textures) for kind, textures in test.items()}
    if others:
        figures["phone"] = _outcome(gate, _textures(read_images(others), engine))
    return save_textures(space, GATEKEEPER, weights_dir) | limits | figures


def _dermoscopy(data_dir: Path, split: str) -> dict[str, list[Any]]:
    """Photographs through a dermatoscope, by kind; those that are not there are left out."""
    kinds = {"ham10000": ham10000_samples(data_dir, split)}
    if (data_dir / isic2018.FOLDER).is_dir():
        kinds["task1_crops"] = isic2018.task1_samples(data_dir, split)
        kinds["task1_frames"] = isic2018.full_frame_samples(data_dir, split)
    return {kind: rows for kind, rows in kinds.items() if rows}


def _phones(data_dir: Path) -> tuple[list[ClinicalSample], list[ClinicalSample]]:
    """Smartphone photographs that teach, those of half the patients, and the others."""
    samples = pad_ufes_samples(data_dir)
    sides = draw_splits({one.key: one.patient for one in samples}, (0.5, 0.0, 0.5))
    teachers, others = ([one for one in samples if sides[one.key] == side] for side in ("train", "test"))
    return teachers, others


def _textures(images: Iterable[np.ndarray], engine: Engine) -> np.ndarray:
    """What the gatekeeper sees of each, (N, T)."""
    return np.stack([engine.classify(GATEKEEPER, image, explain=False).texture for image in images])


def _in_two_lights(rows: list[Any]) -> Iterable[np.ndarray]:
    """Each photograph as it is, and under another lamp."""
    for seed, image in enumerate(read_images(rows)):
        yield image
        yield other_light(image, np.random.default_rng(seed))


def _limits(space: TextureSpace, kinds: list[np.ndarray]) -> dict[str, float]:
    """The limits of the gate: no kind of dermoscopy is refused or warned of more often than was decided."""

    def highest(scores: Callable[[np.ndarray], np.ndarray], share: float) -> float:
        return round(float(max(np.quantile(scores(textures), 1 - share) for textures in kinds)), 5)

    limits = {"refuse_over": highest(space.strangeness, REFUSED)}
    return limits if space.phone is None else limits | {"warn_over": highest(space.phone_scores, WARNED)}


def _kinds(gate: Gate, textures: np.ndarray) -> np.ndarray:
    """What the gate says of each photograph, (N,)."""
    return np.array([gate.likeness(texture) for texture in textures])


def _outcome(gate: Gate, textures: np.ndarray) -> Figures:
    """How many photographs there are, and the shares that the gate refuses and warns of."""
    kinds = _kinds(gate, textures)
    refused, warned = (share_of(kinds == likeness) for likeness in (Likeness.NONE, Likeness.OTHER))
    return {"n": len(kinds), "refused": refused, "warned": warned}


def _drawn(gate: Gate, engine: Engine) -> Figures:
    """The share of drawn pictures without skin that is refused, of each kind and of all."""
    shares = {}
    for kind in DECOYS:
        pictures = (draw_decoy(kind, seed) for seed in range(OF_EACH_KIND))
        shares[kind] = share_of(_kinds(gate, _textures(pictures, engine)) == Likeness.NONE)
    return {"n": OF_EACH_KIND * len(shares), "all": round(float(np.mean(list(shares.values()))), 4)} | shares
