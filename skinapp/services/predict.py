"""The main job without a screen: photographs in, result files out."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from skinapp.errors import ModelError, SkinAppError
from skinapp.i18n import gettext as _
from skinapp.imaging.reading import read_file
from skinapp.models.card import Task
from skinapp.results import Analysis
from skinapp.services.analyze import Choices, Engine, analyze
from skinapp.services.catalogue import listings
from skinapp.services.caution import Bounds, Gate
from skinapp.services.report import write_folder


def installed_choices(weights_dir: Path, segmenter: str | None, classifier: str | None) -> Choices:
    """The named models, or the first installed one of each task; `ModelError` where there is none."""
    return Choices(
        segmenter or _first_installed(weights_dir, Task.SEGMENTATION),
        classifier or _first_installed(weights_dir, Task.CLASSIFICATION),
    )


def predict_files(
    files: Sequence[Path],
    out: Path,
    choices: Choices,
    engine: Engine,
    bounds: Bounds | None = None,
    gate: Gate | None = None,
) -> int:
    """Analyze every file into a folder of its own under ``out``, with the tables of all of them.

    ``bounds`` are those of the chosen classifier, where it has some. A file that cannot be used is named on
    the error stream and harms no other. Returns how many failed.
    """
    failed = []

    def analyses() -> Iterator[Analysis]:
        for path in files:
            try:
                yield analyze(read_file(path), choices, engine, bounds, gate)
            except SkinAppError as error:
                failed.append(path)
                print(f"{path.name}: {error}", file=sys.stderr)

    write_folder(analyses(), out)
    return len(failed)


def _first_installed(weights_dir: Path, task: Task) -> str:
    for model in listings(weights_dir, task):
        if model.installed:
            return model.card.name
    raise ModelError(
        _("No {task} model is installed in '{folder}'.").format(task=task, folder=weights_dir),
        _("Restore the weights folder, or train a model with: python -m skinapp train NAME"),
    )
