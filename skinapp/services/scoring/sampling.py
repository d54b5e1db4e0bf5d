"""What paper B's study gave when it was done again: one row for each training, see `sampling_study`."""

from dataclasses import dataclass
from pathlib import Path

from skinapp.metrics.bootstrap import Interval
from skinapp.services.scoring.tables import read_table

FILE = "sampling-study.csv"
BY_LESION, BY_IMAGE = "lesion", "image"
MEASURES = ("accuracy", "balanced_accuracy")
ENDS = ("", "_low", "_high")  # of the columns of a measure: its value and its interval


@dataclass(frozen=True)
class StudyRow:
    """One training: how its rows were drawn, and what it reached on its own test part.

    ``shared`` of the ``accuracy.n`` test photographs are of lesions that the training part shows too.
    """

    model: str
    unit: str
    sampling: str
    ratio: str
    side_px: int
    shared: int
    accuracy: Interval
    balanced_accuracy: Interval


def study_rows(weights_dir: Path) -> tuple[StudyRow, ...]:
    """The rows of the table in the order of the study; none where it never ran."""
    return tuple(_study_row(row) for row in read_table(weights_dir / FILE).rows)


def flattery(rows: tuple[StudyRow, ...], measure: str = "accuracy") -> float | None:
    """Mean of a measure drawn by photograph less that by lesion, of runs alike in all else; None without any.

    ``measure`` is one of `MEASURES`.
    """
    known = {(row.unit, row.sampling, row.ratio): getattr(row, measure).value for row in rows}
    gains = [
        value - known[BY_LESION, sampling, ratio]
        for (unit, sampling, ratio), value in known.items()
        if unit == BY_IMAGE and (BY_LESION, sampling, ratio) in known
    ]
    return sum(gains) / len(gains) if gains else None


def _study_row(row: dict[str, str]) -> StudyRow:
    n = int(row["test_n"])
    intervals = {key: Interval(*(float(row[key + end]) for end in ENDS), n) for key in MEASURES}
    words = (row[key] for key in ("model", "unit", "sampling", "ratio"))
    return StudyRow(*words, int(row["side_px"]), int(row["shared"]), **intervals)
