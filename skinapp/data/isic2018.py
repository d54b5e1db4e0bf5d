"""ISIC 2018 Task 1: dermoscopy with lesion masks (Codella et al. 2019, arXiv 1902.03368)."""

from pathlib import Path

from skinapp.data.sample import Sample
from skinapp.data.splits import SHARES, draw_splits, read_splits
from skinapp.errors import DataError
from skinapp.i18n import gettext as _

FOLDER = "isic2018_task1"
FULL_FRAME_FOLDER = "isic2018_task1_full_frame"
IMAGES = "ISIC2018_Task1-2_Training_Input"
MASKS = "ISIC2018_Task1_Training_GroundTruth"


def task1_samples(data_dir: Path, split: str, scheme: str = "splits.csv") -> list[Sample]:
    """Photographs with masks of one split, sorted by id.

    ``scheme`` is ``splits.csv`` (the file in the folder) or a drawn split of `skinapp.data.splits.SHARES`.
    """
    images = existing_folder(data_dir / FOLDER / IMAGES)
    masks = existing_folder(data_dir / FOLDER / MASKS)
    paths = {path.stem: path for path in sorted(images.glob("*.jpg"))}
    sides = _sides(data_dir, scheme, list(paths))
    return [
        Sample(key, key, path, masks / f"{key}_segmentation.png")
        for key, path in paths.items()
        if sides.get(key) == split
    ]


def full_frame_samples(data_dir: Path, split: str) -> list[Sample]:
    """The whole frames of the photographs of one split; empty where the folder is absent."""
    folder = data_dir / FULL_FRAME_FOLDER
    if not folder.is_dir():
        return []
    sides = read_splits(data_dir / FOLDER / "splits.csv")
    paths = {path.stem: path for path in sorted((folder / "images").iterdir())}
    masks = {path.stem.removesuffix("_segmentation"): path for path in (folder / "masks").iterdir()}
    return [
        Sample(key, key, path, masks[key])
        for key, path in paths.items()
        if sides.get(key) == split and key in masks
    ]


def existing_folder(path: Path) -> Path:
    """``path`` itself; `DataError` where it is no folder."""
    if not path.is_dir():
        raise DataError(
            _("The data folder '{path}' does not exist.").format(path=path),
            _("Give the folder that holds the unpacked datasets with --data."),
        )
    return path


def _sides(data_dir: Path, scheme: str, keys: list[str]) -> dict[str, str]:
    if scheme in SHARES:
        return draw_splits({key: key for key in keys}, SHARES[scheme])
    return read_splits(data_dir / FOLDER / scheme)
