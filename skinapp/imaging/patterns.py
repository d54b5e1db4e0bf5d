"""Regions of a photograph that differ in colour and in pattern: either is enough to tell them apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from skinapp.imaging.geometry import check_image, check_mask
from skinapp.imaging.overlay import EDGE_COLOUR, Colour, blended

STRIPE_SHARE = 1 / 90  # width of a stripe as a fraction of the shorter side


class Fill(StrEnum):
    """How a region is covered: a tint, a full colour, or diagonal stripes of the colour and black."""

    PALE = "pale"
    SOLID = "solid"
    STRIPED = "striped"


@dataclass(frozen=True)
class Ink:
    """The colour of a region and how it is laid on."""

    colour: Colour
    fill: Fill


# Of Okabe & Ito 2008: bluish green, orange and blue stay apart for colour-blind readers.
SHARED = Ink((0, 158, 115), Fill.PALE)
ADDED = Ink((230, 159, 0), Fill.SOLID)
MISSING = Ink((0, 114, 178), Fill.STRIPED)

_COVER = {Fill.PALE: 0.3, Fill.SOLID: 0.8, Fill.STRIPED: 0.85}


def ink_regions(image: np.ndarray, regions: Sequence[tuple[np.ndarray, Ink]]) -> np.ndarray:
    """The image with each mask (H, W) covered by its ink; where masks overlap, the last one shows."""
    check_image(image)
    cover, alpha = image.copy(), np.zeros(image.shape[:2], np.float32)
    for mask, ink in regions:
        check_mask(mask, image)
        cover[mask] = ink.colour
        alpha[mask] = _COVER[ink.fill]
        if ink.fill is Fill.STRIPED:
            cover[mask & ~_stripes(*mask.shape)] = EDGE_COLOUR
    return blended(image, cover, alpha)


def swatch(ink: Ink, height: int, width: int) -> np.ndarray:
    """A sample of the ink on middle grey, for a legend."""
    return ink_regions(np.full((height, width, 3), 160, np.uint8), [(np.ones((height, width), bool), ink)])


def _stripes(height: int, width: int) -> np.ndarray:
    stripe_px = max(2, round(min(height, width) * STRIPE_SHARE))
    rows, columns = np.ogrid[:height, :width]
    return (rows + columns) // stripe_px % 2 == 0
