"""Figures of a super-resolution model on test photographs: the comparison table of paper D, measured here."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from skinapp.data.isic2017_hires import hires_samples
from skinapp.data.isic2018 import task1_samples
from skinapp.data.pixels import read_image
from skinapp.data.sample import Sample
from skinapp.imaging.compositing import middle_of
from skinapp.imaging.enlarging import whole
from skinapp.imaging.geometry import lesion_mask
from skinapp.metrics.image_quality import psnr, ssim
from skinapp.services.analyze import DEFAULT_THRESHOLD
from skinapp.services.enhance import METHODS, Engine, compare_methods, enlarge_with, given_and_truth

SEGMENTER = "unet"
MIDDLE_PX = 768
TASK1_COUNT = 100  # of the small photographs, in order of their ids

Row = dict[str, Any]
Distance = Callable[[np.ndarray, np.ndarray], float]


def score_enlarger(
    name: str, data_dir: Path, engine: Engine, split: str, distance: Distance | None = None
) -> tuple[list[Row], dict[str, Any]]:
    """One row per photograph and method, and their means: ``figures[set][method][metric]``.

    The middle of a photograph, `MIDDLE_PX` a side, is compared. The sets are large photographs made small
    cleanly (``clean``) or as a phone would (``degraded``), and the first `TASK1_COUNT` photographs of
    Task 1, 64 to 256 px (``clean_256``). ``distance`` is a feature distance between two images; without
    it, as for LPIPS, the figure is None: not measured.
    """
    rows = [
        row
        for set_name, given, samples in _sets(data_dir, split)
        for index, sample in enumerate(samples)
        for row in _rows(
            name, set_name, sample, given_and_truth(_middle(sample), given, index), engine, distance
        )
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


def _rows(
    name: str,
    set_name: str,
    sample: Sample,
    pair: tuple[np.ndarray, np.ndarray],
    engine: Engine,
    distance: Distance | None,
) -> Iterator[Row]:
    small, truth = pair
    mask = lesion_mask(engine.segment(SEGMENTER, small).prob_map, *small.shape[:2], DEFAULT_THRESHOLD)
    methods = compare_methods(small, mask, enlarge_with(engine, name))
    for method in METHODS:
        image = getattr(methods, method)
        yield {
            "image_id": sample.key,
            "set": set_name,
            "method": method,
            "psnr": round(psnr(image, truth), 4),
            "ssim": round(ssim(image, truth), 5),
            "feature_distance": round(distance(image, truth), 5) if distance else None,
        }


def _means(rows: list[Row], set_name: str) -> dict[str, Any]:
    chosen = [row for row in rows if row["set"] == set_name]
    figures: dict[str, Any] = {"n": len(chosen) // len(METHODS)}
    for method in METHODS:
        of_method = [row for row in chosen if row["method"] == method]
        figures[method] = {
            metric: _mean([row[metric] for row in of_method])
            for metric in ("psnr", "ssim", "feature_distance")
        } | {"lpips": None}
    return figures


def _mean(values: list[float | None]) -> float | None:
    return None if None in values else round(float(np.mean(values)), 4)
