"""Pictures without skin, drawn by the project: what a classifier of lesions should refuse to name.

Eight kinds, from a plain colour to a landscape; each seed draws another picture. They test a refusal and
train nothing.
"""

from collections.abc import Callable
from types import MappingProxyType

import cv2
import numpy as np

_LINES = (
    "Invoice No. 4711",
    "Terms and conditions apply.",
    "Total amount due",
    "page 3 of 12",
    "see the table overleaf",
    "yours sincerely",
)


def draw_decoy(kind: str, seed: int, height: int = 450, width: int = 600) -> np.ndarray:
    """A picture of one of `DECOYS`, uint8 RGB (height, width, 3)."""
    if kind not in DECOYS:
        raise ValueError(f"expected one of {', '.join(DECOYS)}, got {kind!r}")
    if seed < 0 or min(height, width) < 64:
        raise ValueError(f"expected seed >= 0 and sides of at least 64 px, got {seed}, {height} x {width}")
    rng = np.random.default_rng((tuple(DECOYS).index(kind), seed))
    return np.clip(DECOYS[kind](rng, height, width), 0, 255).astype(np.uint8)


def _plain(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """One colour, or one that runs into another from edge to edge."""
    first, second = rng.uniform(0, 255, (2, 3))
    if rng.random() < 0.5:
        second = first
    share = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    return np.broadcast_to(first * (1 - share) + second * share, (height, width, 3))


def _noise(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Independent grey levels, fine or in blocks, of one channel or three."""
    block, channels = rng.choice((1, 2, 4, 8)), rng.choice((1, 3))
    cells = rng.uniform(0, 255, (height // block + 1, width // block + 1, channels)).astype(np.float32)
    large = cells.repeat(block, axis=0).repeat(block, axis=1)[:height, :width]
    return np.broadcast_to(large, (height, width, 3))


def _texture(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Stripes, checks, bricks or waves in two colours."""
    first, second = rng.uniform(0, 255, (2, 3)).astype(np.float32)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    period, turn = rng.uniform(10, 60), rng.uniform(0, np.pi)
    x = columns * np.cos(turn) + rows * np.sin(turn)
    y = rows * np.cos(turn) - columns * np.sin(turn)
    shift = (y // (period / 2) % 2) * period / 2
    pattern = (
        x // (period / 2) % 2,
        (x // (period / 2) + y // (period / 2)) % 2,
        ((x + shift) % period < 0.9 * period) & (y % (period / 2) < 0.42 * period),
        0.5 + 0.5 * np.sin(2 * np.pi * x / period) * np.cos(2 * np.pi * y / period),
    )[rng.integers(4)]
    share = pattern.astype(np.float32)[..., None]
    return first * share + second * (1 - share)


def _text(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A few large words in a colour on another."""
    paper, ink = rng.uniform(150, 255, 3), rng.uniform(0, 90, 3)
    if rng.random() < 0.5:
        paper, ink = ink, paper
    page = _sheet(height, width, paper)
    size = rng.uniform(0.8, 2.0) * height / 300
    for y in np.arange(0.15, 1, rng.uniform(0.14, 0.25)) * height:
        words, x = str(rng.choice(_LINES)), rng.uniform(-0.1, 0.3) * width
        start, font = (int(x), int(y)), cv2.FONT_HERSHEY_COMPLEX
        cv2.putText(page, words, start, font, size, ink.tolist(), 2, cv2.LINE_AA)
    return page


def _document(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A white page of small lines, with a table or a chart, on a desk or over the whole frame."""
    page = _sheet(height, width, np.full(3, rng.uniform(225, 255)))
    ink = rng.uniform(0, 80, 3).tolist()
    step, y = max(6, height // 28), height // 12
    while y < 0.55 * height:
        end = int(width * rng.uniform(0.5, 0.92))
        for x in range(width // 12, end, max(4, width // 40)):
            if rng.random() < 0.85:
                cv2.line(page, (x, y), (x + max(3, width // 55), y), ink, max(1, step // 4))
        y += step
    left, right, top, bottom = width // 10, 9 * width // 10, int(0.62 * height), int(0.92 * height)
    if rng.random() < 0.5:
        for share in np.linspace(0, 1, 6):
            x, line = int(left + share * (right - left)), int(top + share * (bottom - top))
            cv2.line(page, (x, top), (x, bottom), ink, 1)
            cv2.line(page, (left, line), (right, line), ink, 1)
    else:
        for index, x in enumerate(range(left, right - width // 12, width // 9)):
            colour = rng.uniform(0, 255, 3).tolist()
            highest = int(bottom - rng.uniform(0.1, 1) * (bottom - top))
            cv2.rectangle(page, (x, highest), (x + width // 14 + index % 2, bottom), colour, -1)
    if rng.random() < 0.5:
        return page
    desk = _sheet(height, width, rng.uniform(20, 160, 3))
    corners = np.float32([(0, 0), (width, 0), (width, height), (0, height)])
    moved = corners + rng.uniform(0.05, 0.2, (4, 2)).astype(np.float32) * np.float32(
        [(width, height), (-width, height), (-width, -height), (width, -height)]
    )
    turned = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    cv2.warpPerspective(page, turned, (width, height), desk, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
    return desk


def _face(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A drawn face with hair, eyes and mouth before a wall: skin's colours, but no close view of skin."""
    picture = _sheet(height, width, rng.uniform(40, 230, 3))
    skin = np.array(((236, 196, 176), (203, 152, 122), (141, 96, 70), (92, 62, 48))[rng.integers(4)])
    skin = skin + rng.uniform(-10, 10, 3)
    side = min(height, width)
    x, y = int(width * rng.uniform(0.4, 0.6)), int(height * rng.uniform(0.45, 0.55))
    wide, high = int(side * rng.uniform(0.22, 0.3)), int(side * rng.uniform(0.3, 0.38))
    hair, shirt = rng.uniform(10, 120, 3).tolist(), rng.uniform(0, 255, 3).tolist()

    def oval(dx, dy, a, b, colour, start=0, end=360):
        centre = int(x + dx * wide), int(y + dy * high)
        axes = max(1, int(a * wide)), max(1, int(b * high))
        cv2.ellipse(picture, centre, axes, 0, start, end, colour, -1, cv2.LINE_AA)

    oval(0, 1.6, 1.7, 0.7, shirt)
    oval(0, -0.25, 1.12, 1.0, hair)
    oval(0, 0, 1, 1, skin.tolist())
    oval(0, -0.2, 1.02, 0.85, hair, 190, 350)
    for eye in (-0.4, 0.4):
        oval(eye, -0.1, 0.17, 0.08, (245, 245, 245))
        oval(eye, -0.1, 0.08, 0.07, rng.uniform(20, 120, 3).tolist())
        oval(eye, -0.26, 0.2, 0.03, hair)
    oval(0, 0.2, 0.09, 0.14, (0.88 * skin).tolist())
    oval(0, 0.52, rng.uniform(0.2, 0.4), rng.uniform(0.04, 0.12), (170, 60, 70))
    return cv2.GaussianBlur(picture, (0, 0), 1) + rng.normal(0, 3, (height, width, 1))


def _scene(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Sky, clouds, hills and trees."""
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    top, horizon = rng.uniform((40, 80, 150), (120, 160, 240)), rng.uniform((170, 180, 190), (250, 240, 245))
    sky = np.broadcast_to(top * (1 - rows) + horizon * rows, (height, width, 3)).copy()
    clouds = np.clip(_clouds(rng, height, width) - 0.1, 0, 1)[..., None]
    picture = sky * (1 - clouds) + 250 * clouds
    columns = np.arange(width)
    for depth in range(3):
        turns = 2 * np.pi * columns / width
        roughness = sum(rng.normal() / k * np.sin(k * turns + rng.uniform(0, 6)) for k in range(1, 9))
        edge = height * (0.5 + 0.15 * depth + 0.05 * roughness)
        colour = rng.uniform((30, 70, 20), (110, 150, 80)) * (1 - 0.2 * depth)
        below = np.arange(height)[:, None] > edge[None, :]
        ground = colour * (1 + 0.25 * _clouds(rng, height, width)[..., None])
        picture = np.where(below[..., None], ground, picture)
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    for _tree in range(rng.integers(0, 9)):
        x, foot = int(rng.uniform(0, width)), int(height * rng.uniform(0.75, 0.98))
        tall, leaves = int(height * rng.uniform(0.12, 0.35)), rng.uniform((20, 60, 10), (70, 130, 60))
        cv2.line(picture, (x, foot), (x, foot - tall // 2), (70, 50, 35), max(2, tall // 14))
        for _leaf in range(12):
            at = int(x + rng.normal(0, tall / 6)), int(foot - tall * rng.uniform(0.5, 1))
            cv2.circle(picture, at, max(2, tall // 8), (leaves * rng.uniform(0.7, 1.2)).tolist(), -1)
    return picture


def _room(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Things on a table before a wall: boxes, balls and cups, with shadows and light from one side."""
    picture = _sheet(height, width, rng.uniform(80, 240, 3))
    edge = int(height * rng.uniform(0.45, 0.7))
    picture[edge:] = rng.uniform(40, 200, 3)
    for _thing in range(rng.integers(3, 8)):
        x, foot = int(rng.uniform(0.05, 0.95) * width), int(rng.uniform(edge, 0.95 * height))
        size, colour = int(height * rng.uniform(0.08, 0.25)), rng.uniform(20, 240, 3)
        shadow = (0.5 * picture[foot - 1, 0]).tolist()
        cv2.ellipse(picture, (x, foot), (size, size // 5), 0, 0, 360, shadow, -1)
        if rng.random() < 0.5:
            cv2.rectangle(picture, (x - size // 2, foot - size), (x + size // 2, foot), colour.tolist(), -1)
            cv2.rectangle(picture, (x, foot - size), (x + size // 2, foot), (0.7 * colour).tolist(), -1)
        else:
            for share in np.linspace(1, 0.2, 6):
                at = int(x - (1 - share) * size / 4), int(foot - size / 2 - (1 - share) * size / 4)
                shade = np.minimum(colour * (1.5 - 0.6 * share), 255)
                cv2.circle(picture, at, max(1, int(share * size / 2)), shade.tolist(), -1, cv2.LINE_AA)
    light = np.linspace(rng.uniform(0.7, 1.2), rng.uniform(0.7, 1.2), width, dtype=np.float32)
    return picture * light[None, :, None] + rng.normal(0, 3, (height, width, 1))


def _sheet(height: int, width: int, colour: np.ndarray) -> np.ndarray:
    """One colour to draw on, uint8 (height, width, 3)."""
    return np.full((height, width, 3), np.clip(colour, 0, 255).astype(np.uint8))


def _clouds(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Noise on four scales, each half as strong as the one before, float32 (height, width)."""
    total = np.zeros((height, width), np.float32)
    for octave in range(4):
        coarse = rng.standard_normal((3 * 2**octave + 1, 4 * 2**octave + 1)).astype(np.float32)
        total += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC) / 2**octave
    return total / 2


_Draw = Callable[[np.random.Generator, int, int], np.ndarray]

DECOYS: MappingProxyType[str, _Draw] = MappingProxyType(
    {
        "plain": _plain,
        "noise": _noise,
        "texture": _texture,
        "text": _text,
        "document": _document,
        "face": _face,
        "scene": _scene,
        "room": _room,
    }
)
