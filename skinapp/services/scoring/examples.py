"""One photograph with its true outline: of the test rows, or drawn where those are missing."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skinapp.data.isic2018 import task1_samples
from skinapp.data.pixels import read_image, read_mask
from skinapp.errors import DataError
from skinapp.imaging.synthetic import GALLERY, draw_lesion
from skinapp.services.gallery import DRAWN_PX


@dataclass(frozen=True, eq=False)
class ScoredExample:
    """``image`` uint8 (H, W, 3), ``truth`` bool (H, W)."""

    image: np.ndarray
    truth: np.ndarray
    is_synthetic: bool = False


def photograph_example(image_id: str, data_dir: Path) -> ScoredExample | None:
    """A photograph of the Task 1 test rows; None where the data are not at hand."""
    try:
        samples = {sample.key: sample for sample in task1_samples(data_dir, "test")}
    except DataError:
        return None
    sample = samples.get(image_id)
    return ScoredExample(read_image(sample.image), read_mask(sample.mask)) if sample else None


def drawn_example(number: int) -> ScoredExample:
    """A lesion of the synthetic gallery, counted from 0 and around, with the outline that it was drawn by."""
    seed, _caption = GALLERY[number % len(GALLERY)]
    image, truth = draw_lesion(seed, *DRAWN_PX)
    return ScoredExample(image, truth, is_synthetic=True)
