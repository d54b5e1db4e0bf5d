"""A whole photograph x4, its lesion enlarged by a model, in bands: any size in little memory."""

from collections.abc import Iterator

import numpy as np

from skinapp.imaging.compositing import composite, feathered
from skinapp.imaging.enlarging import (
    BICUBIC,
    BILINEAR_MAP,
    SCALE,
    Box,
    Enlarger,
    enlarged_in_tiles,
    enlarged_part,
    parts_of,
    tiles,
)
from skinapp.results import Progress
from skinapp.services.enhance import check_size


def enlarged_bands(
    image: np.ndarray,
    mask: np.ndarray,
    enlarger: Enlarger,
    on_progress: Progress = lambda done, total: None,
) -> Iterator[np.ndarray]:
    """The whole photograph x4 with the lesion by ``enlarger`` on a bicubic background, in bands of rows.

    An empty mask gives bicubic alone. Memory holds one band, uint8 of at most 512 rows, whatever the height.
    ``on_progress`` is told before each tile of the lesion; what it raises stops the work.
    """
    check_size(image)
    alpha = feathered(mask)
    bands = [Box(part.top, 0, part.bottom, image.shape[1]) for part in tiles(Box(0, 0, len(image), 1))]
    lesions = [_lesion_in(band, alpha) for band in bands]
    counts = [len(parts_of(lesion, image, enlarger.context_px)) if lesion else 0 for lesion in lesions]
    for index, (band, lesion) in enumerate(zip(bands, lesions, strict=True)):
        before, total = sum(counts[:index]), sum(counts)
        yield _band(
            image, alpha, band, lesion, enlarger, lambda done, _n, b=before, t=total: on_progress(b + done, t)
        )


def _band(
    image: np.ndarray,
    alpha: np.ndarray,
    band: Box,
    lesion: Box | None,
    enlarger: Enlarger,
    progress: Progress,
) -> np.ndarray:
    rows = enlarged_part(image, band, BICUBIC).copy()
    if lesion:
        place = rows[:, SCALE * lesion.left : SCALE * lesion.right]
        enlarged = enlarged_in_tiles(image, lesion, enlarger, progress)
        share = enlarged_part(alpha, lesion, BILINEAR_MAP)
        place[:] = composite(np.ascontiguousarray(place), enlarged, share)
    return rows


def _lesion_in(band: Box, alpha: np.ndarray) -> Box | None:
    """The columns of a band between the first and the last pixel of the lesion; None without any."""
    columns = np.flatnonzero(band.of(alpha).any(axis=0))
    return Box(band.top, int(columns[0]), band.bottom, int(columns[-1]) + 1) if len(columns) else None
