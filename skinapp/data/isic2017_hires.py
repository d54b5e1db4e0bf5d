"""Large photographs of ISIC 2017 (Codella et al. 2018, arXiv 1710.05006): targets of super-resolution."""

from pathlib import Path

from skinapp.data.isic2018 import FOLDER as TASK1_FOLDER
from skinapp.data.isic2018 import existing_folder
from skinapp.data.sample import Sample
from skinapp.data.splits import SHARES, draw_splits, read_splits

FOLDER = "isic2017_hires"


def hires_samples(data_dir: Path, split: str) -> list[Sample]:
    """Photographs of one split, sorted by id.

    A photograph that Task 1 holds too has the side that it has there, so that none is on two sides; the
    others are drawn 70/15/15.
    """
    images = existing_folder(data_dir / FOLDER / "images")
    paths = {path.stem: path for path in sorted(images.glob("*.jpg"))}
    sides = draw_splits({key: key for key in paths}, SHARES["70/15/15"])
    task1 = data_dir / TASK1_FOLDER / "splits.csv"
    sides |= read_splits(task1) if task1.is_file() else {}
    return [Sample(key, key, path) for key, path in paths.items() if sides[key] == split]
