"""Anyone's predictions as a further row of the scorecard, with a list of every file that could not count.

Outlines come as masks in ISIC naming (``ISIC_0012345_segmentation.png``), classes as a CSV of the ISIC 2018
challenge (``image,MEL,NV,BCC,AKIEC,BKL,DF,VASC``).
"""

import csv
import io
import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skinapp.data.isic2018 import task1_samples
from skinapp.errors import DataError, SkinAppError
from skinapp.i18n import gettext as _
from skinapp.imaging.reading import MASK_MIDDLE, read_mask_levels
from skinapp.labels import HAM7_CODES
from skinapp.metrics.bootstrap import Interval
from skinapp.services.scoring.classes import class_intervals, probabilities
from skinapp.services.scoring.files import Files, folder_files, zip_files
from skinapp.services.scoring.measures import outline_scores
from skinapp.services.scoring.outlines import outline_intervals
from skinapp.services.scoring.tables import Row, Table, as_table

_MASK_NAME = re.compile(r"(?:.*/)?([^/]+)_segmentation\.(?:png|bmp|tiff?|jpe?g)", re.IGNORECASE)


@dataclass(frozen=True)
class Problem:
    """A file or row that could not count, by its name, and why."""

    name: str
    words: str


@dataclass(frozen=True)
class Submission:
    """What was scored: one row for each usable prediction, of ``expected`` that there should be."""

    table: Table
    expected: int
    problems: tuple[Problem, ...]
    intervals: dict[str, Interval]


@dataclass(frozen=True)
class TrueClass:
    """The true class of a photograph, and its lesion where known."""

    code: str
    lesion: str = ""


def score_masks(predictions: Files, truths: Files) -> Submission:
    """Each true mask against the predicted one of the same id and size.

    A prediction that is missing, given twice, of another size or unreadable gives no row; the figures are the
    means of the others, and ``expected`` tells how many there should be.
    """
    true_names, problems = _by_id(truths)
    given, more = _by_id(predictions)
    if not true_names:
        raise DataError(
            _("There is no true mask among the files."),
            _("Name them as ISIC does: ISIC_0012345_segmentation.png"),
        )
    problems += more + [
        Problem(given[key], _("extra: no true mask has this id")) for key in given.keys() - true_names
    ]
    rows: list[Row] = []
    for key, name in true_names.items():
        found = _mask_row(key, given.get(key), predictions, truths[name])
        (problems if isinstance(found, Problem) else rows).append(found)
    if not rows:
        raise _nothing_usable(problems)
    table = as_table(rows)
    return Submission(table, len(true_names), _sorted(problems), outline_intervals(table))


def score_classes(text: str, truths: dict[str, TrueClass]) -> Submission:
    """Class probabilities of a CSV against true classes by photograph; see `score_masks` for what is missing.

    Probabilities are scaled to sum to 1 in each row.
    """
    given, problems = _class_rows(text)
    problems += [
        Problem(key, _("extra: its true class is not known")) for key in given.keys() - truths.keys()
    ]
    problems += [Problem(key, _("missing")) for key in truths.keys() - given.keys()]
    rows = [
        {"image_id": key, "lesion_id": true.lesion, "dx": true.code} | given[key]
        for key, true in sorted(truths.items())
        if key in given
    ]
    if not rows:
        raise _nothing_usable(problems)
    table = as_table(rows)
    lesions = table.words("lesion_id")
    intervals = class_intervals(*probabilities(table), lesions if (lesions != "").all() else None)
    return Submission(table, len(truths), _sorted(problems), intervals)


def true_classes(text: str) -> dict[str, TrueClass]:
    """True classes from a CSV of the challenge (1 in the true column) or from HAM10000's metadata."""
    rows = _csv_rows(text)
    if {"image_id", "dx"} <= rows[0].keys():
        return {
            row["image_id"]: TrueClass(row["dx"], row.get("lesion_id", ""))
            for row in rows
            if row["dx"] in HAM7_CODES
        }
    given, problems = _class_rows(text)
    if problems:
        raise DataError(
            _("The true class of '{name}' cannot be read: {words}.").format(
                name=problems[0].name, words=problems[0].words
            ),
            _("Give the ground truth as the challenge publishes it."),
        )
    return {key: TrueClass(max(row, key=row.get)) for key, row in given.items()}


def own_true_masks(data_dir: Path) -> Files:
    """The true masks of our own test rows (ISIC 2018 Task 1); none where the data are not at hand."""
    try:
        samples = task1_samples(data_dir, "test")
    except DataError:
        return {}
    return {sample.mask.name: sample.mask.read_bytes for sample in samples if sample.mask}


def own_true_classes(table: Table) -> dict[str, TrueClass]:
    """The true classes of our own test rows, from the table of any classifier."""
    columns = (table.words(key).tolist() for key in ("image_id", "dx", "lesion_id"))
    return {key: TrueClass(code, lesion) for key, code, lesion in zip(*columns, strict=True)}


def score_paths(predictions: Path, truth: Path) -> Submission:
    """Predictions (zip, folder or CSV) against a folder of true masks, or a CSV of true classes.

    For classes ``truth`` may be a folder that holds one CSV.
    """
    if predictions.suffix.lower() == ".csv":
        return score_classes(_text(predictions), true_classes(_text(_only_csv(truth))))
    given = folder_files(predictions) if predictions.is_dir() else zip_files(_bytes(predictions))
    return score_masks(given, folder_files(truth))


def _by_id(files: Files) -> tuple[dict[str, str], list[Problem]]:
    """``id -> name`` of the files in ISIC naming, and what does not fit."""
    names, problems = defaultdict(list), []
    for name in files:
        match = _MASK_NAME.fullmatch(name)
        if match:
            names[match[1]].append(name)
        else:
            problems.append(
                Problem(name, _("extra: not named as a mask, such as ISIC_0012345_segmentation.png"))
            )
    twice = [name for several in names.values() if len(several) > 1 for name in several]
    problems += [Problem(name, _("given more than once")) for name in twice]
    return {key: several[0] for key, several in names.items() if len(several) == 1}, problems


def _mask_row(key: str, name: str | None, predictions: Files, true_mask) -> Row | Problem:
    if name is None:
        return Problem(f"{key}_segmentation.png", _("missing"))
    try:
        target = _mask(true_mask())
    except SkinAppError as error:
        return Problem(name, _("true mask unreadable: {reason}").format(reason=error.message))
    try:
        pred = _mask(predictions[name]())
    except SkinAppError as error:
        return Problem(name, _("unreadable: {reason}").format(reason=error.message))
    if pred.shape != target.shape:
        sizes = [f"{mask.shape[1]} × {mask.shape[0]}" for mask in (pred, target)]
        return Problem(
            name,
            _("wrong size: {size} px, the true mask has {true_size}").format(
                size=sizes[0], true_size=sizes[1]
            ),
        )
    scores = {measure: round(value, 5) for measure, value in outline_scores(pred, target).items()}
    return {"image_id": key} | scores


def _mask(data: bytes) -> np.ndarray:
    return read_mask_levels(data) > MASK_MIDDLE


def _class_rows(text: str) -> tuple[dict[str, dict[str, float]], list[Problem]]:
    """``image -> class code -> probability`` of a CSV, and the rows that cannot be used."""
    given: dict[str, dict[str, float]] = {}
    problems, twice = [], set()
    for row in _csv_rows(text):
        known = {column.strip().lower(): value for column, value in row.items() if column}
        lacking = [code for code in ("image", *HAM7_CODES) if code not in known]
        if lacking:
            raise DataError(
                _("The table has no column '{column}'.").format(column=lacking[0].upper()),
                _("Its first line must be: image,MEL,NV,BCC,AKIEC,BKL,DF,VASC"),
            )
        key = (known["image"] or "").strip().removesuffix(".jpg")
        probs = {code: _number(known[code]) for code in HAM7_CODES}
        if key in given or key in twice:
            twice.add(key)
            given.pop(key, None)
        elif not all(0 <= prob <= 1 for prob in probs.values()):  # NaN too
            problems.append(Problem(key, _("unreadable: a probability is not a number from 0 to 1")))
        elif not any(probs.values()):
            problems.append(Problem(key, _("unreadable: all probabilities are 0")))
        else:
            given[key] = probs
    return given, problems + [Problem(key, _("given more than once")) for key in twice]


def _csv_rows(text: str) -> list[dict[str, str]]:
    try:
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True))
    except csv.Error:
        rows = []
    if not rows:
        raise DataError(
            _("This file is not a table of class probabilities."),
            _("Its first line must be: image,MEL,NV,BCC,AKIEC,BKL,DF,VASC"),
        )
    return rows


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def _nothing_usable(problems: Iterable[Problem]) -> DataError:
    first = _sorted(problems)[0]
    return DataError(
        _("None of the predictions can be used; the first: {name}, {words}.").format(
            name=first.name, words=first.words
        ),
        _("Name masks as ISIC does (ISIC_0012345_segmentation.png), at the size of the true masks."),
    )


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.name, problem.words)))


def _only_csv(truth: Path) -> Path:
    tables = sorted(truth.glob("*.csv")) if truth.is_dir() else [truth]
    if len(tables) != 1:
        raise DataError(
            _("'{folder}' holds {count} tables in place of one with the true classes.").format(
                folder=truth, count=len(tables)
            ),
            _("Give the path of the table itself with --truth."),
        )
    return tables[0]


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        raise DataError(
            _("'{path}' is not a text file.").format(path=path), _("Save the table as CSV in UTF-8.")
        ) from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            _("The file {path} cannot be opened: {reason}.").format(path=path, reason=error.strerror),
            _("Check the path and the permissions."),
        ) from None
