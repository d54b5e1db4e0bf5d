"""Labelled pictures set side by side in one image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from skinapp.imaging.geometry import check_image

PAPER, INK = (255, 255, 255), (28, 37, 48)
FONT_SHARE = 1 / 26  # of a tile's width
_LINE = 1.35  # of the font's size


@dataclass(frozen=True, eq=False)
class Tile:
    """An image with the lines of text under it."""

    image: np.ndarray
    lines: tuple[str, ...] = ()


def montage(rows: Sequence[Sequence[Tile]]) -> np.ndarray:
    """Rows of tiles of one size on white, uint8 (H, W, 3); rows may differ in length.

    Lines that are too long for their tile are broken between words.
    """
    tiles = [tile for row in rows for tile in row]
    if not tiles:
        raise ValueError("expected at least one tile")
    for tile in tiles:
        check_image(tile.image)
    if len({tile.image.shape for tile in tiles}) > 1:
        raise ValueError(f"expected tiles of one size, got {sorted({tile.image.shape for tile in tiles})}")
    return _drawn(rows, _Layout.of(tiles))


@dataclass(frozen=True)
class _Layout:
    height: int
    width: int
    gap: int
    font: ImageFont.FreeTypeFont
    text_height: int

    @classmethod
    def of(cls, tiles: Sequence[Tile]) -> "_Layout":
        height, width = tiles[0].image.shape[:2]
        size = max(10, round(width * FONT_SHARE))
        font = ImageFont.load_default(size)
        most = max(len(_broken(tile.lines, font, width)) for tile in tiles)
        return cls(height, width, max(8, width // 30), font, round(most * size * _LINE))

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Left and top of a tile."""
        left = self.gap + column * (self.width + self.gap)
        return left, self.gap + row * (self.height + self.text_height + 2 * self.gap)


def _drawn(rows: Sequence[Sequence[Tile]], layout: _Layout) -> np.ndarray:
    canvas = Image.new("RGB", layout.place(len(rows), max(map(len, rows))), PAPER)
    pen = ImageDraw.Draw(canvas)
    for row, tiles in enumerate(rows):
        for column, tile in enumerate(tiles):
            left, top = layout.place(row, column)
            canvas.paste(Image.fromarray(tile.image), (left, top))
            text_top = top + layout.height + layout.gap // 2
            for number, line in enumerate(_broken(tile.lines, layout.font, layout.width)):
                y = text_top + number * layout.font.size * _LINE
                pen.text((left, y), line, fill=INK, font=layout.font)
    return np.asarray(canvas)


def _broken(lines: Sequence[str], font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    broken = []
    for line in lines:
        words = line.split()
        current = words[:1]
        for word in words[1:]:
            if font.getlength(" ".join([*current, word])) > width:
                broken.append(" ".join(current))
                current = []
            current.append(word)
        broken.append(" ".join(current))
    return broken
