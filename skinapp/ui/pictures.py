"""What the components in the browser take: their own files, pictures as addresses, outlines as paths."""

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from skinapp.imaging.encoding import encode_jpeg

_SMOOTH_PX = 1.0  # how far a drawn border may leave the pixels' own, which is a staircase
_FOLDER = Path(__file__).with_name("browser")


def browser_part(name: str) -> dict[str, str]:
    """The html, css and js of a component, from the files of that name in ``browser/``."""
    return {kind: browser_file(f"{name}.{kind}") for kind in ("html", "css", "js")}


def browser_file(name: str) -> str:
    """The text of a file in ``browser/``."""
    return (_FOLDER / name).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Line:
    """How a border is drawn: its colour, its dashes as SVG gives them, and whether it has a dark edge."""

    colour: str
    dash: str
    is_edged: bool = False

    @property
    def data(self) -> dict[str, str | bool]:
        """The line as the components take it."""
        return {"colour": self.colour, "dash": self.dash, "edged": self.is_edged}


DASHED = Line("#56B4E9", "5 4")


@dataclass(frozen=True)
class Outlines:
    """The borders of a mask as an SVG path in its own pixels, 0..width and 0..height."""

    path: str
    width: int
    height: int
    line: Line = DASHED


def data_uri(image: np.ndarray) -> str:
    """An image as a JPEG in an address, for an ``img`` of a component."""
    return f"data:image/jpeg;base64,{b64encode(encode_jpeg(image)).decode()}"


def outlines_of(mask: np.ndarray, line: Line = DASHED) -> Outlines:
    """The borders of a mask (h, w); of the whole frame where the mask is empty."""
    height, width = mask.shape
    if not mask.any():
        return Outlines(f"M0 0H{width}V{height}H0Z", width, height, line)
    contours, _tree = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    smooth = [cv2.approxPolyDP(contour, _SMOOTH_PX, closed=True)[:, 0] for contour in contours]
    path = "".join("M" + "L".join(f"{x + 0.5:g} {y + 0.5:g}" for x, y in border) + "Z" for border in smooth)
    return Outlines(path, width, height, line)
