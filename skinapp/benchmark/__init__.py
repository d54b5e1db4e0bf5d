"""How fast one analysis is, measured in pairs against the plain way, and whether memory stays level.

And what the assistant's own code adds to an answer.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from skinapp.benchmark.batches import batch_speed
from skinapp.benchmark.browser import browser_rates
from skinapp.benchmark.chat import chat_speed
from skinapp.benchmark.comparing import comparing_speed
from skinapp.benchmark.enlarging import enlarging_speed
from skinapp.benchmark.frames import frame_cost
from skinapp.benchmark.machine import machine, resident_mb
from skinapp.benchmark.pairs import in_turns, summary
from skinapp.benchmark.report import (
    as_markdown,
    batches_as_markdown,
    chat_as_markdown,
    comparing_as_markdown,
    enlarging_as_markdown,
    scoring_as_markdown,
    write_section,
)
from skinapp.benchmark.scoring import scoring_speed
from skinapp.benchmark.soak import soak
from skinapp.benchmark.ways import engine_way, photograph, plain_way
from skinapp.engine.choice import choose_engine
from skinapp.engine.records import live_record
from skinapp.errors import WeightsError
from skinapp.i18n import gettext as _
from skinapp.models import registry
from skinapp.models.card import Task
from skinapp.services.catalogue import listings
from skinapp.settings import settings

THREADS = 2
WARM_UPS = 3
REPETITIONS = 15
ANALYSES = 200
ENLARGED_SIDES_PX = (64, 256)
COMPARED = 6  # outlines of one photograph
SETTLED = 20  # analyses after which memory should no longer grow


def run(
    out: Path | None = None,
    weights_dir: Path | None = None,
    repetitions: int = REPETITIONS,
    analyses: int = ANALYSES,
    with_browser: bool = True,
    with_soak: bool = False,
) -> dict[str, Any]:
    """Measure, write the section of ``out`` (BENCHMARKS.md) where given, and return the numbers.

    ``with_soak`` adds ten minutes of a stream.

    Every installed segmentation model with the first installed classifier, on the CPU with `THREADS`
    threads and on a CUDA device where there is one. `WeightsError` where no model of a task is installed.
    """
    folder = weights_dir or settings().weights_dir
    segmenters, classifiers = _installed(Task.SEGMENTATION, folder), _installed(Task.CLASSIFICATION, folder)
    torch.set_num_threads(THREADS)
    devices = _devices()
    results = {
        "machine": machine(),
        "speed": [
            speed((name, classifiers[0], device, folder), repetitions)
            for device in devices
            for name in segmenters
        ],
        "memory": memory(segmenters[0], classifiers[0], folder, analyses),
        "frames": [frame_cost(segmenters[0], classifiers[0], folder, device) for device in devices],
        "forms": [record for name in (*segmenters, *classifiers) if (record := live_record(name, folder))],
        "browser": browser_rates(folder) if with_browser else None,
        "soak": soak(segmenters[0], classifiers[0], folder) if with_soak else None,
    }
    if out is not None:
        write_section(out, as_markdown(results))
    return results


def run_chat(out: Path | None = None) -> dict[str, Any]:
    """Measure what the assistant's own code adds to an answer, for a section of its own."""
    torch.set_num_threads(THREADS)
    results = {"machine": machine(), "chat": chat_speed()}
    if out is not None:
        write_section(out, chat_as_markdown(results), "assistant")
    return results


def run_comparing(
    out: Path | None = None, weights_dir: Path | None = None, repetitions: int = REPETITIONS
) -> dict[str, Any]:
    """Measure a comparison of all installed outline models, and one of `COMPARED` passes; see `run`."""
    folder = weights_dir or settings().weights_dir
    names = _installed(Task.SEGMENTATION, folder)
    torch.set_num_threads(THREADS)
    devices = _devices()
    results = {
        "machine": machine(),
        "speed": [
            comparing_speed(names, passes, device, folder, WARM_UPS, repetitions)
            for device in devices
            for passes in sorted({len(names), COMPARED})
        ],
    }
    if out is not None:
        write_section(out, comparing_as_markdown(results), "comparing")
    return results


def run_batches(out: Path | None = None, weights_dir: Path | None = None) -> dict[str, Any]:
    """Measure how many photographs a second every outline model and classifier answers; see `run`.

    Committees have no network to put beside the engine, and are left out.
    """
    folder = weights_dir or settings().weights_dir
    names = [*_installed(Task.SEGMENTATION, folder), *_installed(Task.CLASSIFICATION, folder)]
    names = [name for name in names if not registry.card(name).members]
    torch.set_num_threads(THREADS)
    devices = _devices()
    speeds = [batch_speed(name, device, folder) for device in devices for name in names]
    results = {"machine": machine(), "speed": speeds}
    if out is not None:
        write_section(out, batches_as_markdown(results), "batches")
    return results


def run_enlarging(
    out: Path | None = None, weights_dir: Path | None = None, repetitions: int = REPETITIONS
) -> dict[str, Any]:
    """Measure every installed enlarger from 64 and from 256 px; the rest as in `run`."""
    folder = weights_dir or settings().weights_dir
    names = _installed(Task.SUPER_RESOLUTION, folder)
    torch.set_num_threads(THREADS)
    devices = _devices()
    results = {
        "machine": machine(),
        "speed": [
            enlarging_speed(name, device, folder, side_px, WARM_UPS, repetitions)
            for device in devices
            for name in names
            for side_px in ENLARGED_SIDES_PX
        ],
    }
    if out is not None:
        write_section(out, enlarging_as_markdown(results), "enlarging")
    return results


def run_scoring(out: Path | None = None) -> dict[str, Any]:
    """Measure how fast mask pairs are scored, for a section of its own."""
    torch.set_num_threads(THREADS)
    results = {"machine": machine(), "scoring": scoring_speed()}
    if out is not None:
        write_section(out, scoring_as_markdown(results), "scoring")
    return results


def speed(choice: tuple[str, str, str, Path], repetitions: int = REPETITIONS) -> dict[str, Any]:
    """Engine and plain way in turns on one photograph, for (segmenter, classifier, device, folder).

    Medians in ms, the ratio plain / engine as median and quartiles over the pairs, and the largest
    difference of any probability between the two ways.
    """
    image, engine, plain = photograph(), engine_way(*choice), plain_way(*choice)
    for _warm_up in range(WARM_UPS):
        answers = zip(engine(image), plain(image), strict=True)
    return {
        "segmenter": choice[0],
        "classifier": choice[1],
        "device": choice[2],
        **summary(in_turns(engine, plain, image, repetitions)),
        "largest_difference": max(float(np.abs(ours - theirs).max()) for ours, theirs in answers),
    }


def memory(segmenter: str, classifier: str, folder: Path, analyses: int = ANALYSES) -> dict[str, Any]:
    """Resident memory in MB after `SETTLED` analyses of different photographs and after all of them, the
    heat map of the outline included; None in place of a number that the system does not tell."""
    engine = choose_engine(folder, "cpu")
    settled_mb = None
    for count in range(1, analyses + 1):
        image = photograph(seed=count)
        engine.segment(segmenter, image)
        engine.classify(classifier, image)
        engine.explain_outline(segmenter, image)
        if count == min(SETTLED, analyses):
            settled_mb = resident_mb()
    return {"analyses": analyses, "settled": SETTLED, "settled_mb": settled_mb, "final_mb": resident_mb()}


def _devices() -> list[str]:
    """What there is to measure on."""
    return ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


def _installed(task: Task, folder: Path) -> list[str]:
    names = [known.card.name for known in listings(folder, task) if known.installed]
    if not names:
        raise WeightsError(
            _("There are no weights in '{folder}' to measure with.").format(folder=folder),
            _("Install the weights of a {task} model, or set SKINAPP_WEIGHTS.").format(task=task),
        )
    return names
