"""Tables with one row for each photograph: written by evaluation, read by everything that shows figures.

``NAME.test.csv`` lies beside the weights, further trainings of a model as ``seeds/NAME.seedN.test.csv``.
Columns that an older table lacks read as NaN or "".
"""

import csv
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """Rows of text as they stand in the file."""

    rows: tuple[dict[str, str], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def has(self, *keys: str) -> bool:
        """True where every one of the columns is there."""
        return bool(self.rows) and all(key in self.rows[0] for key in keys)

    def words(self, key: str) -> np.ndarray:
        """A column as text (N,)."""
        return np.array([row.get(key, "") for row in self.rows], dtype=str)

    def numbers(self, key: str) -> np.ndarray:
        """A column as float64 (N,), NaN where nothing stands."""
        return np.array([float(row.get(key) or math.nan) for row in self.rows], dtype=np.float64)

    def where(self, key: str, value: str) -> "Table":
        """The rows whose column holds this text."""
        return self.only(lambda row: row.get(key) == value)

    def only(self, wanted: Callable[[dict[str, str]], bool]) -> "Table":
        """The rows that are wanted."""
        return Table(tuple(row for row in self.rows if wanted(row)))


EMPTY = Table(())


def table_path(name: str, weights_dir: Path) -> Path:
    """The test rows of a model."""
    return _beside_record(f"{name}.test.csv", name, weights_dir)


def clinical_path(name: str, weights_dir: Path) -> Path:
    """The smartphone photographs (PAD-UFES-20) as a classifier saw them."""
    return _beside_record(f"{name}.pad-ufes-20.csv", name, weights_dir)


def seed_path(name: str, seed: int, weights_dir: Path) -> Path:
    """The test rows of a further training."""
    return weights_dir / "seeds" / f"{name}.seed{seed}.test.csv"


def seed_tables(name: str, weights_dir: Path) -> dict[int, Table]:
    """The test rows of further trainings by their seed; empty where there are none."""
    pattern = re.compile(re.escape(name) + r"\.seed(\d+)\.test\.csv")
    found = ((pattern.fullmatch(path.name), path) for path in sorted((weights_dir / "seeds").glob("*.csv")))
    return {int(match[1]): read_table(path) for match, path in found if match}


def read_table(path: Path) -> Table:
    """The table in a file; an empty one where there is no file."""
    if not path.is_file():
        return EMPTY
    with path.open(newline="", encoding="utf-8") as file:
        return Table(tuple(csv.DictReader(file)))


def as_table(rows: Iterable[Row]) -> Table:
    """Rows as they would be read back from their file."""
    return Table(tuple({key: _text(value) for key, value in row.items()} for row in rows))


def write_table(path: Path, rows: Sequence[Row]) -> None:
    """Write rows of the same or different columns, in a folder that is made where it is missing.

    What a row lacks stays empty.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows({key: _text(value) for key, value in row.items()} for row in rows)


def _beside_record(file: str, name: str, weights_dir: Path) -> Path:
    from skinapp.models.weights import home_of  # here: who reads tables alone is spared PyTorch

    return home_of(name, weights_dir) / file


def _text(value: Any) -> str:
    missing = value is None or (isinstance(value, float) and not math.isfinite(value))
    return "" if missing else str(value)
