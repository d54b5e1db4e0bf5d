"""How fast one photograph is compared: the service beside eager PyTorch, one model after another."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch

from skinapp.benchmark.ways import photograph, plain_batch
from skinapp.engine.choice import choose_engine
from skinapp.imaging.cleaning import clean
from skinapp.models import registry
from skinapp.models.weights import load_model
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
    cards = [registry.card(name) for name in names]
    variants = [Variant(card) for card in cards] + [Variant(card, cleaning=CLEANING) for card in cards]
    ours, plain = _ours(variants[:passes], device, folder), _plain(variants[:passes], device, folder)
    image = photograph()
    for _warm_up in range(warm_ups):
        answers = zip(ours(image), plain(image), strict=True)
    pairs_ms = np.array([(_ms(ours, image), _ms(plain, image)) for _pair in range(repetitions)])
    return {
        "passes": passes,
        "models": len(names),
        "device": device,
        "pairs": repetitions,
        "engine_ms": float(np.median(pairs_ms[:, 0])),
        "slow_ms": float(np.quantile(pairs_ms[:, 0], 0.95)),
        "plain_ms": float(np.median(pairs_ms[:, 1])),
        "ratio_quartiles": np.quantile(pairs_ms[:, 1] / pairs_ms[:, 0], [0.25, 0.5, 0.75]).tolist(),
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
        batch = plain_batch(variant.card.name, clean(image, variant.cleaning)).to(device)
        with torch.no_grad():
            return networks[variant.card.name](batch)[0, 0].sigmoid().cpu().numpy()

    return lambda image: [prob_map(image, variant) for variant in variants]


def _ms(way: Compare, image: np.ndarray) -> float:
    start = perf_counter()
    way(image)
    return 1000 * (perf_counter() - start)
