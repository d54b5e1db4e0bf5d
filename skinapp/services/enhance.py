"""A photograph to its lesion enlarged x4: outline, soft mask, super-resolution inside, bicubic around.

Paper D compares five methods: the original, bicubic, super-resolution everywhere, and the lesion alone
enlarged by either and put back. The enlarged image is for looking: classes come from the original.

Two sizes of work. `compare_methods` holds five images at once, so its part of the photograph is at most
`COMPARED_SIDE_PX` a side. `skinapp.services.enhance_whole` makes a whole photograph of up to `MAX_SIDE_PX`
and holds one band of it.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from skinapp.errors import ImageError
from skinapp.i18n import gettext as _
from skinapp.imaging.compositing import composite, feathered, lesion_box, middle_of
from skinapp.imaging.degrade import clean_downsampling, cut_to_multiple, phone_degradation
from skinapp.imaging.enlarging import (
    BICUBIC,
    BILINEAR_MAP,
    SCALE,
    Box,
    Enlarger,
    enlarge_pixels,
    enlarged_in_tiles,
    enlarged_part,
    whole,
)
from skinapp.imaging.geometry import thumbnail
from skinapp.results import Enlargement, FiveMethods, Progress

MAX_SIDE_PX = 4000
MIN_SIDE_PX = 16
COMPARED_SIDE_PX = 512  # five images of 2048 x 2048 px
SHOWN_SIDE_PX = 1024
METHODS = ("original", "bicubic", "enlarger", "segment_bicubic", "segment_enlarger")
GIVEN = ("as_is", "clean", "degraded")  # the photograph itself, or made small first as a test


class Engine(Protocol):
    """What enlarges: `skinapp.engine.torch_engine.TorchEngine`, or a stand-in."""

    def enlarge(self, name: str, image: np.ndarray) -> Enlargement: ...

    def context_px(self, name: str) -> int: ...


def check_size(image: np.ndarray) -> None:
    """`ImageError` for an image that is too large or too small to enlarge."""
    height, width = image.shape[:2]
    size = {"width": width, "height": height}
    if max(height, width) > MAX_SIDE_PX:
        message = _("This photograph is {width} x {height} pixels; {limit} a side can be enlarged.")
        raise ImageError(
            message.format(**size, limit=MAX_SIDE_PX), _("Crop it to the lesion, or make it smaller.")
        )
    if min(height, width) < MIN_SIDE_PX:
        message = _("This image is {width} x {height} pixels; enlarging needs at least {limit} a side.")
        raise ImageError(
            message.format(**size, limit=MIN_SIDE_PX), _("Use the original photograph, not a preview.")
        )


def given_and_truth(image: np.ndarray, given: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray | None]:
    """The image that is enlarged, and the true large one where the photograph was made small for a test.

    ``given`` is one of `GIVEN`; "degraded" draws its strengths from ``seed``.
    """
    if given == "as_is":
        check_size(image)
        return image, None
    if min(image.shape[:2]) < SCALE * MIN_SIDE_PX:
        message = _("This photograph is too small for a test: each side needs at least {limit} pixels.")
        raise ImageError(message.format(limit=SCALE * MIN_SIDE_PX), _("Use a larger photograph."))
    truth = cut_to_multiple(image, SCALE)
    small = (
        clean_downsampling(truth, SCALE)
        if given == "clean"
        else phone_degradation(truth, np.random.default_rng(seed), SCALE)
    )
    check_size(small)
    return small, truth


def part_to_compare(mask: np.ndarray, side_px: int = COMPARED_SIDE_PX) -> Box:
    """The lesion with a margin, or the frame without a lesion; its middle where that is larger."""
    return middle_of(lesion_box(mask), side_px)


def compare_methods(
    image: np.ndarray,
    mask: np.ndarray,
    enlarger: Enlarger,
    box: Box | None = None,
    on_progress: Progress = lambda done, total: None,
) -> FiveMethods:
    """The five methods on one part (the whole image unless told), each as the whole image would give it.

    An empty mask takes everything as lesion. ``on_progress`` counts the parts that the enlarger has made.
    """
    box = box or whole(image)
    bicubic = enlarged_part(image, box, BICUBIC)
    enlarged = enlarged_in_tiles(image, box, enlarger, on_progress)
    alpha = enlarged_part(feathered(_or_all(mask)), box, BILINEAR_MAP)
    return FiveMethods(
        small=box.of(image),
        mask=box.of(mask),
        alpha=alpha,
        original=enlarge_pixels(box.of(image)),
        bicubic=bicubic,
        enlarger=enlarged,
        segment_enlarger=composite(bicubic, enlarged, alpha),
    )


@dataclass(frozen=True, eq=False)
class LesionPair:
    """The lesion's crop enlarged bicubically and with super-resolution inside ``mask``, for the screen."""

    before: np.ndarray
    after: np.ndarray
    mask: np.ndarray


def lesion_pair(
    image: np.ndarray, mask: np.ndarray, enlarger: Enlarger, side_px: int = SHOWN_SIDE_PX
) -> LesionPair:
    """The lesion's crop (its middle where it is large), each picture at most ``side_px`` a side."""
    methods = compare_methods(image, mask, enlarger, part_to_compare(mask))
    before, after = (thumbnail(one, side_px) for one in (methods.bicubic, methods.segment_enlarger))
    return LesionPair(before, after, methods.mask)


def enlarger_of(engine: Engine, name: str) -> Enlarger:
    """A model of the engine as a function of images."""
    return Enlarger(lambda image: engine.enlarge(name, image).image, engine.context_px(name))


def _or_all(mask: np.ndarray) -> np.ndarray:
    return mask if mask.any() else np.ones_like(mask)
