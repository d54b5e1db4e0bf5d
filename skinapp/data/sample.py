"""One photograph of a dataset with what is known about it."""

from dataclasses import dataclass
from pathlib import Path

from skinapp.patient import UNKNOWN, Patient


@dataclass(frozen=True)
class Sample:
    """``key`` names the photograph, ``group`` its lesion (never on two sides of a split).

    ``mask`` is a PNG or a LabelMe JSON file; ``target`` is the class index, ``patient`` what else is known.
    """

    key: str
    group: str
    image: Path
    mask: Path | None = None
    target: int | None = None
    patient: Patient = UNKNOWN
