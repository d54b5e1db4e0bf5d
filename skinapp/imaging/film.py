"""A short film of a drawn lesion, for a camera that a test or a measurement pretends to have.

It moves slowly, blurs, darkens and leaves the view. Every frame carries its number as a row of small
squares, so that a frame that comes back after any video codec can be compared with its own mask.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from skinapp.imaging.synthetic import draw_lesion

SEED = 27
HEIGHT, WIDTH = 480, 640
RATE = 30  # pictures per second
SCENE = 120  # frames of each scene
SCENES = ("sharp", "blurred", "dark", "gone")
NUMBER_BITS, SQUARE_PX = 10, 12
_CANVAS_WIDTH = 1700  # so wide that a window can leave the lesion behind
_SWAY_PX = 40
_LEAVING = 30  # frames in which the lesion leaves, and in which it comes back


@dataclass(frozen=True, eq=False)
class FilmFrame:
    """One frame with its number, the scene it belongs to, and the lesion's mask."""

    number: int
    scene: str
    image: np.ndarray
    mask: np.ndarray


def film(scenes: tuple[str, ...] = SCENES) -> Iterator[FilmFrame]:
    """The frames in order; played in a loop, the last goes over into the first."""
    canvas, canvas_mask = draw_lesion(SEED, HEIGHT, _CANVAS_WIDTH)
    for number in range(SCENE * len(scenes)):
        scene = scenes[number // SCENE]
        left = _left(number % SCENE, scene)
        image, mask = (layer[:, left : left + WIDTH].copy() for layer in (canvas, canvas_mask))
        yield FilmFrame(number, scene, _numbered(_spoilt(image, scene), number), mask)


def read_number(image: np.ndarray) -> int:
    """The number of a frame, from its squares."""
    scale = image.shape[1] / WIDTH
    row = round(scale * SQUARE_PX / 2)
    columns = [round(scale * SQUARE_PX * (bit + 0.5)) for bit in range(NUMBER_BITS)]
    return sum(int(image[row, column].mean() > 127) << bit for bit, column in enumerate(columns))


def encode_mjpeg(scenes: tuple[str, ...] = SCENES, quality: int = 95) -> bytes:
    """The film as motion JPEG, which Chromium plays as a camera."""
    frames = (cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR) for frame in film(scenes))
    return b"".join(
        cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes() for frame in frames
    )


def _left(index: int, scene: str) -> int:
    """The left edge of the window: swaying around the lesion, or away from it and back."""
    centre = (_CANVAS_WIDTH - WIDTH) // 2
    if scene != "gone":
        return centre + round(_SWAY_PX * np.sin(2 * np.pi * index / SCENE))
    away = np.clip(min(index, SCENE - 1 - index) / _LEAVING, 0, 1)
    return round(centre * (1 - away))


def _spoilt(image: np.ndarray, scene: str) -> np.ndarray:
    if scene == "blurred":
        return cv2.GaussianBlur(image, (0, 0), 9)
    return image // 7 if scene == "dark" else image


def _numbered(image: np.ndarray, number: int) -> np.ndarray:
    for bit in range(NUMBER_BITS):
        left = bit * SQUARE_PX
        image[:SQUARE_PX, left : left + SQUARE_PX] = 230 if number >> bit & 1 else 20
    return image
