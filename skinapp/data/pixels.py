"""Photographs and masks of a dataset as arrays."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from skinapp.data.labelme import labelme_mask
from skinapp.errors import DataError
from skinapp.i18n import gettext as _
from skinapp.imaging.reading import MASK_MIDDLE


def read_image(path: Path) -> np.ndarray:
    """A dataset's photograph as uint8 RGB (H, W, 3)."""
    return _pixels(path, cv2.IMREAD_COLOR_RGB)


def read_images(samples: Iterable[Any]) -> Iterator[np.ndarray]:
    """The photographs of samples of any dataset, one after the other."""
    return (read_image(sample.image) for sample in samples)


def read_mask(path: Path) -> np.ndarray:
    """A dataset's mask, PNG or LabelMe JSON, as bool (H, W)."""
    if path.suffix == ".json":
        return labelme_mask(path)
    return _pixels(path, cv2.IMREAD_GRAYSCALE) > MASK_MIDDLE


def _pixels(path: Path, mode: int) -> np.ndarray:
    pixels = cv2.imread(str(path), mode)
    if pixels is None:
        raise DataError(
            _("The file '{path}' is missing or no image.").format(path=path),
            _("Unpack the dataset again; its publisher lists the files."),
        )
    return pixels
