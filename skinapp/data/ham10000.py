"""HAM10000: dermoscopy of seven classes, with masks (Tschandl et al. 2018, doi 10.1038/sdata.2018.161)."""

import csv
from pathlib import Path

from skinapp.data.isic2018 import existing_folder
from skinapp.data.sample import Sample
from skinapp.data.splits import SHARES, STUDY_SHARES, draw_splits, read_splits
from skinapp.labels import HAM7_CODES
from skinapp.patient import SEXES, SITES, Patient

FOLDER = "ham10000"


def ham10000_samples(data_dir: Path, split: str, scheme: str = "splits.csv") -> list[Sample]:
    """Photographs of one split with class index, lesion and mask, sorted by id.

    ``scheme`` is ``splits.csv`` or a drawn split, see `skinapp.data.splits`; either way all photographs of
    one lesion fall on the same side. Only ``by image``, after a ratio of paper B as in ``80:20 by image``,
    draws photographs by themselves, as a study that overlooks the lesions does.
    """
    folder = existing_folder(data_dir / FOLDER)
    with (folder / "HAM10000_metadata.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["image_id"]: row for row in csv.DictReader(file)}
    ratio, _by, unit = scheme.partition(" by ")
    shares = (SHARES | STUDY_SHARES).get(ratio)
    if shares is None:
        sides = read_splits(folder / scheme)
    else:
        groups = {key: key if unit == "image" else row["lesion_id"] for key, row in rows.items()}
        sides = draw_splits(groups, shares, {key: row["dx"] for key, row in rows.items()})
    return [
        Sample(
            key=key,
            group=row["lesion_id"],
            image=picture_path(data_dir, key),
            mask=folder / "HAM10000_segmentations_lesion_tschandl" / f"{key}_segmentation.png",
            target=HAM7_CODES.index(row["dx"]),
            patient=_patient(row),
        )
        for key, row in sorted(rows.items())
        if sides.get(key) == split
    ]


def _patient(row: dict[str, str]) -> Patient:
    """Age, sex and site of a row; empty or other words, such as unknown, are unknown."""
    age, sex, site = (row.get(key) or None for key in ("age", "sex", "localization"))
    return Patient(
        age=float(age) if age else None,
        sex=sex if sex in SEXES else None,
        site=site if site in SITES else None,
    )


def picture_path(data_dir: Path, key: str) -> Path:
    """Where the photograph of an id lies, whether it is there or not."""
    return data_dir / FOLDER / "HAM10000_images" / f"{key}.jpg"
