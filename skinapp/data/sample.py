"""One photograph of a dataset with what is known about it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sample:
    """``key`` names the photograph, ``group`` its lesion (never on two sides of a split).

    ``mask`` is a PNG or a LabelMe JSON file; ``target`` is the class index.
    """

    key: str
    group: str
    image: Path
    mask: Path | None = None
    target: int | None = None
