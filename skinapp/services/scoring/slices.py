"""Results looked at by what kind of lesion or photograph they belong to."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skinapp.i18n import marked
from skinapp.imaging.quality import HAIR_FAIR, HAIR_POOR, SHARPNESS_FAIR
from skinapp.labels import HAM7
from skinapp.services.scoring.tables import Table

WORST_SHARE = 0.1


@dataclass(frozen=True)
class Slicing:
    """A way to split photographs; ``bins`` are (marked name, low, high) and hold low <= value < high."""

    key: str
    name: str
    bins: tuple[tuple[str, float, float], ...]

    def parts(self, table: Table) -> list[tuple[str, Table]]:
        """The parts of a table that hold any photograph, in order; what was not measured is in none."""
        parts = [(name, table.only(self._within(low, high))) for name, low, high in self.bins]
        return [(name, part) for name, part in parts if len(part)]

    def _within(self, low: float, high: float) -> Callable[[dict[str, str]], bool]:
        return lambda row: low <= float(row.get(self.key) or math.nan) < high


BY_NUMBER = (
    Slicing(
        "lesion_share",
        marked("Size of the lesion"),
        (
            (marked("under 10 % of the frame"), 0.0, 0.1),
            (marked("10 to 30 %"), 0.1, 0.3),
            (marked("over 30 %"), 0.3, math.inf),
        ),
    ),
    Slicing(
        "hair",
        marked("Hair"),
        (
            (marked("little hair"), 0.0, HAIR_FAIR),
            (marked("some hair"), HAIR_FAIR, HAIR_POOR),
            (marked("much hair"), HAIR_POOR, math.inf),
        ),
    ),
    Slicing(
        "sharpness",
        marked("Sharpness"),
        ((marked("sharp"), SHARPNESS_FAIR, math.inf), (marked("less sharp"), 0.0, SHARPNESS_FAIR)),
    ),
    Slicing(
        "ita",
        marked("Skin tone around the lesion"),
        (
            (marked("very light"), 55.0, math.inf),
            (marked("light"), 41.0, 55.0),
            (marked("intermediate"), 28.0, 41.0),
            (marked("tan"), 10.0, 28.0),
            (marked("brown or dark"), -math.inf, 10.0),
        ),
    ),
)
BY_CLASS = "dx"


def class_parts(table: Table) -> list[tuple[str, Table]]:
    """The parts of a table by the true class, in the order of the classes; names marked for translation."""
    parts = [(lesion.name, table.where(BY_CLASS, lesion.code)) for lesion in HAM7]
    return [(name, part) for name, part in parts if len(part)]


def worst(values: np.ndarray, share: float = WORST_SHARE) -> np.ndarray:
    """Indices of the lowest ``share`` of the values, the lowest first; at least one."""
    count = max(1, round(share * values.size))
    return np.argsort(values, kind="stable")[:count]
