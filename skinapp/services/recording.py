"""The numbers of a stream, kept in memory for a download; no picture is among them."""

import csv
import io
from collections import deque
from dataclasses import dataclass

import numpy as np

ROWS = 30_000  # about an hour
COLUMNS = ("seconds", "latency_s", "advice", "area_fraction", "sharpness", "shown")


@dataclass(frozen=True, eq=False)
class Row:
    """One result: seconds since the stream began, its latency, what was said, and the smoothed classes."""

    seconds: float
    latency_s: float
    advice: str
    area_fraction: float
    sharpness: float
    shown: str
    codes: tuple[str, ...]
    probs: np.ndarray | None


class Recording:
    """The last `ROWS` results of one stream."""

    def __init__(self):
        self._rows: deque[Row] = deque(maxlen=ROWS)

    def add(self, row: Row) -> None:
        """Take in one result."""
        self._rows.append(row)

    def __len__(self) -> int:
        return len(self._rows)

    def as_csv(self) -> str:
        """A table with a column for each class that was ever asked about; empty where it was not."""
        rows = list(self._rows)
        codes = list(dict.fromkeys(code for row in rows for code in row.codes))
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow([*COLUMNS, *codes])
        table.writerows(_cells(row, codes) for row in rows)
        return text.getvalue()


def _cells(row: Row, codes: list[str]) -> list[str]:
    probs = dict(zip(row.codes, row.probs, strict=True)) if row.probs is not None else {}
    return [
        f"{row.seconds:.3f}",
        f"{row.latency_s:.3f}",
        row.advice,
        f"{row.area_fraction:.4f}",
        f"{row.sharpness:.3f}",
        row.shown,
        *(f"{probs[code]:.4f}" if code in probs else "" for code in codes),
    ]
