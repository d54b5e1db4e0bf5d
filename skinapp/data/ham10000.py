"""HAM10000: dermoscopy of seven classes, with masks (Tschandl et al. 2018, doi 10.1038/sdata.2018.161)."""

import csv
from pathlib import Path

from skinapp.data.isic2018 import existing_folder
from skinapp.data.sample import Sample
from skinapp.data.splits import SHARES, draw_splits, read_splits
from skinapp.labels import HAM7_CODES

FOLDER = "ham10000"


def ham10000_samples(data_dir: Path, split: str, scheme: str = "splits.csv") -> list[Sample]:
    """Photographs of one split with class index, lesion and mask, sorted by id.

    ``scheme`` is ``splits.csv`` or a drawn split of `skinapp.data.splits.SHARES`; either way all
    photographs of one lesion fall on the same side.
    """
    folder = existing_folder(data_dir / FOLDER)
    with (folder / "HAM10000_metadata.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["image_id"]: row for row in csv.DictReader(file)}
    if scheme in SHARES:
        sides = draw_splits(
            {key: row["lesion_id"] for key, row in rows.items()},
            SHARES[scheme],
            {key: row["dx"] for key, row in rows.items()},
        )
    else:
        sides = read_splits(folder / scheme)
    return [
        Sample(
            key=key,
            group=row["lesion_id"],
            image=picture_path(data_dir, key),
            mask=folder / "HAM10000_segmentations_lesion_tschandl" / f"{key}_segmentation.png",
            target=HAM7_CODES.index(row["dx"]),
        )
        for key, row in sorted(rows.items())
        if sides.get(key) == split
    ]


def picture_path(data_dir: Path, key: str) -> Path:
    """Where the photograph of an id lies, whether it is there or not."""
    return data_dir / FOLDER / "HAM10000_images" / f"{key}.jpg"
