"""Data sets of a few drawn discs, laid out as the publishers lay theirs out."""

import csv

import cv2
import numpy as np
import pytest

from skinapp.data import ham10000, isic2018
from skinapp.labels import HAM7_CODES

SIDE = 64


def disc(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A brown disc on pale skin and its mask."""
    random = np.random.default_rng(seed)
    centre, radius = random.integers(24, 40, 2), random.integers(10, 20)
    y, x = np.mgrid[:SIDE, :SIDE]
    mask = (y - centre[0]) ** 2 + (x - centre[1]) ** 2 <= radius**2
    image = np.where(mask[..., None], (110, 70, 50), (220, 180, 160)) + random.normal(0, 5, (SIDE, SIDE, 3))
    return image.clip(0, 255).astype(np.uint8), mask


def _write_pair(seed: int, image_path, mask_path) -> None:
    image, mask = disc(seed)
    for path in (image_path, mask_path):
        path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(image_path), image[..., ::-1])
    cv2.imwrite(str(mask_path), mask.astype(np.uint8) * 255)


def _write_table(path, rows) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def data_dir(tmp_path):
    """Twelve photographs of Task 1, and twenty-one of HAM10000, three of each class."""
    task1, ham = tmp_path / isic2018.FOLDER, tmp_path / ham10000.FOLDER
    sides = ["train"] * 8 + ["val"] * 2 + ["test"] * 2
    for index in range(len(sides)):
        _write_pair(
            index,
            task1 / isic2018.IMAGES / f"P{index:02}.jpg",
            task1 / isic2018.MASKS / f"P{index:02}_segmentation.png",
        )
    _write_table(
        task1 / "splits.csv",
        [{"image_id": f"P{index:02}", "split": side} for index, side in enumerate(sides)],
    )
    rows = [
        {"image_id": f"H{code}{number}", "lesion_id": f"L{code}{number}", "dx": code, "split": side}
        for code in HAM7_CODES
        for number, side in enumerate(("train", "val", "test"))
    ]
    for seed, row in enumerate(rows):
        key = row["image_id"]
        _write_pair(
            seed,
            ham / "HAM10000_images" / f"{key}.jpg",
            ham / "HAM10000_segmentations_lesion_tschandl" / f"{key}_segmentation.png",
        )
    _write_table(ham / "HAM10000_metadata.csv", rows)
    _write_table(ham / "splits.csv", rows)
    return tmp_path
