"""The true outline of a lesion, from a mask image or a LabelMe file, and how models score against it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skinapp.data.labelme import read_labelme
from skinapp.errors import DataError
from skinapp.i18n import gettext as _
from skinapp.imaging.geometry import resize_mask
from skinapp.imaging.patterns import ADDED, MISSING, SHARED, Ink
from skinapp.imaging.reading import MASK_MIDDLE, MAX_BYTES, read_mask_levels
from skinapp.metrics import segmentation
from skinapp.metrics.boundary import boundary_scores

ASPECT_TOLERANCE = 0.01  # of the ratio of the sides: rounding of smaller copies
_NEAR_END, _MIDDLE_SHARE = 48, 0.05  # a mask saved as JPEG has few pixels farther from black and white


@dataclass(frozen=True, eq=False)
class Truth:
    """The true outline at the size of the photograph, bool (H, W), and remarks for the reader."""

    mask: np.ndarray
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TruthScore:
    """How one outline matches the true one; the distance in pixels of the compared picture."""

    iou: float
    dice: float
    boundary_f1: float
    hausdorff_95_px: float


def read_truth(data: bytes, name: str, height: int, width: int) -> Truth:
    """The true outline in the bytes of a file, for a photograph of this size.

    A file that begins like JSON is read as LabelMe's, anything else as an image. A mask of another size is
    resized where its sides have the photograph's ratio. Raises `DataError` or `ImageError` for what cannot
    be read, for a picture that is no mask, and for one of another shape.
    """
    is_json = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    mask = _from_json(data, name) if is_json else _from_image(data, name)
    return _fitted(mask, height, width)


def truth_scores(masks: Sequence[np.ndarray], truth: np.ndarray) -> tuple[TruthScore, ...]:
    """Each mask against the true one, (H, W) all; the border may be off by 0.75 % of the diagonal."""
    return tuple(
        TruthScore(
            segmentation.iou(mask, truth), segmentation.dice(mask, truth), *boundary_scores(mask, truth)
        )
        for mask in masks
    )


def truth_regions(mask: np.ndarray, truth: np.ndarray) -> tuple[tuple[np.ndarray, Ink], ...]:
    """Where a mask is right, too large and too small: true positives, false positives, false negatives."""
    return (mask & truth, SHARED), (mask & ~truth, ADDED), (truth & ~mask, MISSING)


def _from_json(data: bytes, name: str) -> np.ndarray:
    if len(data) > MAX_BYTES:
        raise DataError(
            _("'{file}' is larger than {limit} MB.").format(file=name, limit=MAX_BYTES // 1024**2),
            _("Save the annotation without the photograph in it (LabelMe: imageData off)."),
        )
    return read_labelme(data, name)


def _from_image(data: bytes, name: str) -> np.ndarray:
    grey = read_mask_levels(data)
    low, high = int(grey.min()), int(grey.max())
    if low < high and np.isin(grey, (low, high)).all():
        return grey == high  # two levels, whatever they are: labels 0 and 1 too
    between = (grey > _NEAR_END) & (grey < 255 - _NEAR_END)
    if between.mean() > _MIDDLE_SHARE:
        raise DataError(
            _("'{file}' looks like a photograph, not like a mask.").format(file=name),
            _("Give the lesion in white on black, or the polygons as LabelMe saves them."),
        )
    return grey > MASK_MIDDLE


def _fitted(mask: np.ndarray, height: int, width: int) -> Truth:
    if mask.shape == (height, width):
        return Truth(mask)
    numbers = {
        "mask_width": mask.shape[1],
        "mask_height": mask.shape[0],
        "width": width,
        "height": height,
    }
    if abs(mask.shape[1] * height / (mask.shape[0] * width) - 1) > ASPECT_TOLERANCE:
        raise DataError(
            _(
                "The true outline is {mask_width} × {mask_height} px, the photograph {width} × {height} px: "
                "they differ in shape."
            ).format(**numbers),
            _("Give the outline of this very photograph, neither cropped nor squeezed."),
        )
    note = _("Resized from {mask_width} × {mask_height} to {width} × {height} px.").format(**numbers)
    return Truth(resize_mask(mask, height, width), (note,))
