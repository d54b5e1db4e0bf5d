"""Paper B's study done again: sampling x size of the training part, drawn by lesion and by photograph.

Every run sees about as many photographs, starts from the same weights and has the same seed; a tenth of the
training part chooses the epoch, and the temperature. The table shows what sampling changes, and how far
photographs of one lesion on both sides flatter a figure. Its models are no part of the app.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.pixels import read_image
from skinapp.data.sample import Sample
from skinapp.data.splits import STUDY_RATIOS
from skinapp.models.card import Recipe, Sampling
from skinapp.services.analyze import Engine
from skinapp.services.scoring.classes import class_intervals
from skinapp.services.scoring.sampling import BY_IMAGE, BY_LESION, ENDS, FILE, MEASURES
from skinapp.services.scoring.tables import Row, write_table
from skinapp.training.loop import train
from skinapp.training.sampling import sampled_rows
from skinapp.training.task import DataChoice
from skinapp.training.trainer import RunOptions

UNITS = (BY_LESION, BY_IMAGE)
SAMPLINGS = (Sampling.UNDER, Sampling.OVER)
SEEN = 20_000  # photographs that a run sees in training, repeats counted


@dataclass(frozen=True)
class Run:
    """One of the study's trainings."""

    unit: str
    sampling: Sampling
    ratio: str

    @property
    def scheme(self) -> str:
        """What `ham10000_samples` calls the split."""
        return f"{self.ratio} by {self.unit}"

    @property
    def name(self) -> str:
        """A name for its folder."""
        return f"{self.sampling}-{self.ratio.replace(':', '-')}-{self.unit}"


def all_runs() -> tuple[Run, ...]:
    """The six runs drawn by lesion, then the same drawn by photograph."""
    return tuple(Run(*parts) for parts in product(UNITS, SAMPLINGS, STUDY_RATIOS))


def study(
    name: str,
    choice: DataChoice,
    options: RunOptions,
    make_engine: Callable[[Path], Engine],
    recipe: Recipe,
    seen: int = SEEN,
) -> Iterator[Row]:
    """Train and score one run after the other; the table in the weights folder grows with each.

    The rows give the number of photographs, the figures on the test part with intervals over lesions, and
    ``shared``: test photographs of lesions that the training part shows too. A run whose training ended
    before is only scored again.
    """
    rows: list[Row] = []
    for run in all_runs():
        rows.append(_row(name, run, replace(choice, scheme=run.scheme), options, make_engine, recipe, seen))
        write_table(options.weights_dir / FILE, rows)
        yield rows[-1]


def _row(
    name: str,
    run: Run,
    choice: DataChoice,
    options: RunOptions,
    make_engine: Callable[[Path], Engine],
    recipe: Recipe,
    seen: int,
) -> Row:
    samples = {
        split: ham10000_samples(choice.data_dir, split, run.scheme)[: choice.limit]
        for split in ("train", "val", "test")
    }
    targets = np.array([sample.target for sample in samples["train"]])
    epochs = max(1, round(seen / len(sampled_rows(targets, run.sampling, recipe.seed, epoch=0))))
    recipe = replace(recipe, sampling=run.sampling, stages=((epochs, recipe.stages[-1][1]),))
    folder = options.run_dir / run.name
    train(name, choice, replace(options, run_dir=folder, weights_dir=folder), recipe)
    known = {sample.group for split in ("train", "val") for sample in samples[split]}
    return {
        "model": name,
        "unit": run.unit,
        "sampling": str(run.sampling),
        "ratio": run.ratio,
        "side_px": recipe.stages[-1][1],
        "epochs": epochs,
        "train_n": len(samples["train"]),
        "test_n": len(samples["test"]),
        "shared": sum(sample.group in known for sample in samples["test"]),
    } | _figures(name, samples["test"], make_engine(folder))


def _figures(name: str, samples: list[Sample], engine: Engine) -> Row:
    probs = np.stack(
        [engine.classify(name, read_image(sample.image), explain=False).probs for sample in samples]
    )
    targets = np.array([sample.target for sample in samples])
    intervals = class_intervals(probs, targets, np.array([sample.group for sample in samples]))
    return {
        f"{key}{end}": round(value, 4)
        for key in MEASURES
        for end, value in zip(ENDS, intervals[key][:3], strict=True)
    }
