"""How fast one photograph is compared: the service beside eager PyTorch, one model after another."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from skinapp.benchmark.pairs import in_turns, summary
from skinapp.benchmark.ways import photograph, plain_batch
from skinapp.engine.choice import choose_engine
from skinapp.imaging.cleaning import clean
from skinapp.models.weights import find_checkpoint, load_model
from skinapp.services.compare import Variant, compare, outlines_by

Compare = Callable[[np.ndarray], list[np.ndarray]]  # photograph -> probability maps

CLEANING = ("colour",)  # of the further passes that make up the number


def comparing_speed(
    names: list[str], passes: int, device: str, folder: Path, warm_ups: int, repetitions: int
) -> dict[str, Any]:
    """Medians in ms for a photograph of 600 x 450 px, the ratio plain / ours over the pairs, and the largest
    difference of any probability. Passes beyond the models repeat the first ones on the cleaned photograph.

    Ours includes masks, consensus, disagreement and the IoU of every two; the plain way the maps alone.
    """
    cards = [find_checkpoint(name, folder).card for name in names]
    variants = [Variant(card) for card in cards] + [Variant(card, cleaning=CLEANING) for card in cards]
    ours, plain = _ours(variants[:passes], device, folder), _plain(variants[:passes], device, folder)
    image = photograph()
    for _warm_up in range(warm_ups):
        answers = zip(ours(image), plain(image), strict=True)
    pairs_ms = in_turns(ours, plain, image, repetitions)
    return {
        "passes": passes,
        "models": len(names),
        "device": device,
        **summary(pairs_ms),
        "slow_ms": float(np.quantile(pairs_ms[:, 0], 0.95)),
        "largest_difference": max(float(np.abs(first - second).max()) for first, second in answers),
    }


def _ours(variants: list[Variant], device: str, folder: Path) -> Compare:
    engine = choose_engine(folder, device)

    def maps(image: np.ndarray) -> list[np.ndarray]:
        known = compare(image, variants, outlines_by(engine, image))
        return [outline.prob_map for outline in known.outlines]

    return maps


def _plain(variants: list[Variant], device: str, folder: Path) -> Compare:
    names = {variant.card.name for variant in variants}
    networks = {name: load_model(name, folder)[0].to(device) for name in names}

    def prob_map(image: np.ndarray, variant: Variant) -> np.ndarray:
        batch = plain_batch(variant.card, clean(image, variant.cleaning)).to(device)
        with torch.no_grad():
            return networks[variant.card.name](batch)[0, 0].sigmoid().cpu().numpy()

    return lambda image: [prob_map(image, variant) for variant in variants]
