"""Enlarging by whole factors, in parts of any size: parts with context around them make no seams."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from PIL import Image

from skinapp.imaging.geometry import check_image

SCALE = 4
TILE_PX = 128


@dataclass(frozen=True)
class Box:
    """A rectangle of at least one pixel; ``bottom`` and ``right`` are the first row and column beyond it."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    def of(self, array: np.ndarray) -> np.ndarray:
        """A view of this part of an array (H, W, ...)."""
        return array[self.top : self.bottom, self.left : self.right]

    def grown(self, by_px: int, height: int, width: int) -> "Box":
        """The box with a margin on every side, as far as a frame of (height, width) has it."""
        return Box(
            max(0, self.top - by_px),
            max(0, self.left - by_px),
            min(height, self.bottom + by_px),
            min(width, self.right + by_px),
        )


@dataclass(frozen=True)
class Enlarger:
    """A function from an array (h, w, ...) to one `SCALE` times as high and wide, and how far it reads.

    A part made with ``context_px`` of what lies around it is that part of the whole array's enlargement,
    to one grey level.
    """

    enlarge: Callable[[np.ndarray], np.ndarray]
    context_px: int

    def __call__(self, array: np.ndarray) -> np.ndarray:
        return self.enlarge(array)


def whole(image: np.ndarray) -> Box:
    """The box of an array's whole frame."""
    return Box(0, 0, *image.shape[:2])


def enlarge_bicubic(image: np.ndarray) -> np.ndarray:
    """The image enlarged with Pillow's bicubic kernel (a = -0.5): the reference of all figures."""
    check_image(image)
    height, width = image.shape[:2]
    picture = Image.fromarray(np.ascontiguousarray(image))
    return np.array(picture.resize((SCALE * width, SCALE * height), Image.Resampling.BICUBIC))


def enlarge_pixels(image: np.ndarray) -> np.ndarray:
    """Every pixel as a square of its colour: the image as it is, at the size of the others."""
    return image.repeat(SCALE, axis=0).repeat(SCALE, axis=1)


def enlarge_map(values: np.ndarray) -> np.ndarray:
    """A map (h, w) as float32 (4h, 4w), bilinear: nothing positive grows around a zero."""
    height, width = values.shape
    size = SCALE * width, SCALE * height
    return cv2.resize(values.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)


BICUBIC = Enlarger(enlarge_bicubic, context_px=2)  # all that Keys' kernel reads
BILINEAR_MAP = Enlarger(enlarge_map, context_px=1)


def enlarged_part(array: np.ndarray, box: Box, enlarger: Enlarger) -> np.ndarray:
    """The enlargement of ``box`` alone, made with what the enlarger reads around it."""
    around = box.grown(enlarger.context_px, *array.shape[:2])
    top, left = SCALE * (box.top - around.top), SCALE * (box.left - around.left)
    enlarged = enlarger(around.of(array))
    return enlarged[top : top + SCALE * box.height, left : left + SCALE * box.width]


def tiles(box: Box, side_px: int = TILE_PX) -> Iterator[Box]:
    """Boxes of at most ``side_px`` a side that cover ``box`` once, row by row, of nearly equal sizes."""
    rows, columns = _cuts(box.top, box.bottom, side_px), _cuts(box.left, box.right, side_px)
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            yield Box(top, left, bottom, right)


def parts_of(box: Box, image: np.ndarray, context_px: int) -> list[Box]:
    """The boxes in which ``box`` is enlarged: itself, where with its context it is no larger than a tile."""
    around = box.grown(context_px, *image.shape[:2])
    largest = (TILE_PX + 2 * context_px) ** 2
    return [box] if around.height * around.width <= largest else list(tiles(box))


def enlarged_in_tiles(
    image: np.ndarray,
    box: Box,
    enlarger: Enlarger,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> np.ndarray:
    """``box`` of the image enlarged tile by tile, the overlaps cut off: uint8 (4h, 4w, 3).

    Beside the result, memory holds one tile. ``on_progress(done, total)`` is told before each tile and at
    the end; what it raises stops the work.
    """
    parts = parts_of(box, image, enlarger.context_px)
    enlarged = np.empty((SCALE * box.height, SCALE * box.width, 3), np.uint8)
    for done, part in enumerate(parts):
        on_progress(done, len(parts))
        top, left = SCALE * (part.top - box.top), SCALE * (part.left - box.left)
        place = enlarged[top : top + SCALE * part.height, left : left + SCALE * part.width]
        place[:] = enlarged_part(image, part, enlarger)
    on_progress(len(parts), len(parts))
    return enlarged


def _cuts(start: int, stop: int, side_px: int) -> list[int]:
    count = -(-(stop - start) // side_px)
    return [start + round(index * (stop - start) / count) for index in range(count + 1)]
