"""PAD-UFES-20: smartphone photographs, Fitzpatrick types (Pacheco et al. 2020, doi 10.17632/zr7vgbcyr2.1)."""

import csv
from dataclasses import dataclass
from pathlib import Path

FOLDER = "pad_ufes_20"

# Our nearest class. SCC has none of its own: it is the invasive form of what akiec holds.
CLASS_OF = {"ACK": "akiec", "BCC": "bcc", "MEL": "mel", "NEV": "nv", "SCC": "akiec", "SEK": "bkl"}


@dataclass(frozen=True)
class ClinicalSample:
    """A photograph, its patient, its diagnosis as published, and the Fitzpatrick type 1 to 6 where known."""

    key: str
    patient: str
    image: Path
    diagnosis: str
    fitzpatrick: int | None


def pad_ufes_samples(data_dir: Path) -> list[ClinicalSample]:
    """All photographs that are there, sorted by id; empty where the folder is absent."""
    folder = data_dir / FOLDER
    if not folder.is_dir():
        return []
    paths = {path.stem: path for path in (folder / "images").iterdir()}
    with (folder / "metadata.csv").open(newline="", encoding="utf-8") as file:
        rows = {Path(row["img_id"]).stem: row for row in csv.DictReader(file)}
    return [
        ClinicalSample(
            key, row["patient_id"], paths[key], row["diagnostic"], _fitzpatrick(row["fitspatrick"])
        )
        for key, row in sorted(rows.items())
        if key in paths
    ]


def _fitzpatrick(text: str) -> int | None:
    return int(float(text)) if text else None
