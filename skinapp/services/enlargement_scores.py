"""Figures of a super-resolution model on test photographs: the comparison table of paper D, measured here."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from skinapp.data.isic2017_hires import hires_samples
from skinapp.data.isic2018 import task1_samples
from skinapp.data.pixels import read_image
from skinapp.data.sample import Sample
from skinapp.imaging.compositing import middle_of
from skinapp.imaging.enlarging import whole
from skinapp.imaging.geometry import lesion_mask
from skinapp.results import Outline
from skinapp.services import enhance
from skinapp.services.analyze import DEFAULT_THRESHOLD
from skinapp.services.enhance import METHODS, compare_methods, enlarger_of, given_and_truth
from skinapp.services.honesty import Distance, Score, scores

SEGMENTER = "unet"
MIDDLE_PX = 768
TASK1_COUNT = 100  # of the small photographs, in order of their ids

DECIMALS = {"psnr": 4, "ssim": 5, "feature_distance": 5, "lpips": 5}  # of the metrics in a row

Row = dict[str, Any]


class Engine(enhance.Engine, Protocol):
    """What enlarges, and finds the lesion."""

    def segment(self, name: str, image: np.ndarray) -> Outline: ...


def score_enlarger(
    name: str, data_dir: Path, engine: Engine, split: str, distances: Mapping[str, Distance]
) -> tuple[list[Row], dict[str, Any]]:
    """One row per photograph and method, and their means: ``figures[set][method][metric]``.

    The middle of a photograph, `MIDDLE_PX` a side, is compared. The sets are large photographs made small
    cleanly (``clean``) or as a phone would (``degraded``), and the first `TASK1_COUNT` photographs of
    Task 1, 64 to 256 px (``clean_256``). ``distances`` are further metrics of two images by name,
    ``feature_distance`` or ``lpips``; the figure of one that is not given is None: not measured.
    """
    rows = [
        {"image_id": sample.key, "set": set_name, "method": method} | score
        for set_name, given, samples in _sets(data_dir, split)
        for index, sample in enumerate(samples)
        for method, score in _scores(
            name, *given_and_truth(_middle(sample), given, index), engine, distances
        ).items()
    ]
    sets = {row["set"]: None for row in rows}
    return rows, {"split": split, "segmenter": SEGMENTER} | {key: _means(rows, key) for key in sets}


def _sets(data_dir: Path, split: str) -> Iterator[tuple[str, str, list[Sample]]]:
    large = hires_samples(data_dir, split)
    yield "clean", "clean", large
    yield "degraded", "degraded", large
    yield "clean_256", "clean", task1_samples(data_dir, split)[:TASK1_COUNT]


def _middle(sample: Sample) -> np.ndarray:
    image = read_image(sample.image)
    box = middle_of(whole(image), MIDDLE_PX)
    return np.ascontiguousarray(box.of(image))


def _scores(
    name: str, small: np.ndarray, truth: np.ndarray, engine: Engine, distances: Mapping[str, Distance]
) -> dict[str, Row]:
    mask = lesion_mask(engine.segment(SEGMENTER, small).prob_map, *small.shape[:2], DEFAULT_THRESHOLD)
    methods = compare_methods(small, mask, enlarger_of(engine, name))
    return {method: _row(score) for method, score in scores(methods, truth, distances, METHODS).items()}


def _row(score: Score) -> Row:
    """Rounded, with None where a metric was not measured."""
    return {
        metric: round(score[metric], decimals) if metric in score else None
        for metric, decimals in DECIMALS.items()
    }


def _means(rows: list[Row], set_name: str) -> dict[str, Any]:
    chosen = [row for row in rows if row["set"] == set_name]
    figures: dict[str, Any] = {"n": len(chosen) // len(METHODS)}
    for method in METHODS:
        of_method = [row for row in chosen if row["method"] == method]
        figures[method] = {metric: _mean([row[metric] for row in of_method]) for metric in DECIMALS}
    return figures


def _mean(values: list[float | None]) -> float | None:
    return None if None in values else round(float(np.mean(values)), 4)
