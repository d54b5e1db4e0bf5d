"""Lesions drawn by the project, for the gallery and for tests: no patient, no licence, an exact outline.

They look like dermoscopy and mean nothing: no class, no diagnosis. The same seed always draws the same
picture; colours and sizes were set by eye.
"""

import cv2
import numpy as np

from skinapp.i18n import marked
from skinapp.imaging import artefacts

# (seed, caption) of six varied pictures; `draw_lesion(seed, ...)` draws them.
GALLERY: tuple[tuple[int, str], ...] = (
    (27, marked("Drawn: small and even")),
    (29, marked("Drawn: pale, with pink and blue-grey parts")),
    (44, marked("Drawn: dark globules, with a ruler")),
    (12, marked("Drawn: brown, in a round field")),
    (54, marked("Drawn: reddish, under hair")),
    (10, marked("Drawn: large, on dark skin")),
)

# sRGB in [0, 1]: skin from pale to dark, and the pigment of a lesion on it.
_SKIN = ((0.89, 0.73, 0.68), (0.86, 0.67, 0.58), (0.78, 0.60, 0.48), (0.63, 0.45, 0.34), (0.42, 0.29, 0.22))
_BROWNS = ((0.60, 0.38, 0.26), (0.50, 0.29, 0.19), (0.55, 0.32, 0.27), (0.44, 0.25, 0.16))
_ACCENTS = ((0.22, 0.13, 0.11), (0.38, 0.40, 0.46), (0.66, 0.33, 0.31), (0.80, 0.67, 0.62))


def draw_skin(seed: int, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Skin without a lesion, and an empty mask."""
    rng = _generator(seed, height, width)
    skin = _skin(rng, height, width)
    return _finished(rng, skin), np.zeros((height, width), bool)


def draw_lesion(seed: int, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """One lesion on skin, and the mask of exactly the pixels in which its pigment has half its strength."""
    rng = _generator(seed, height, width)
    skin = _skin(rng, height, width)
    depth = _depth(rng, height, width)
    pigment = _pigment(rng, depth)
    cover = rng.uniform(0.75, 1) * _soft_step(depth, rng.uniform(0.06, 0.24))
    image = skin * (1 - cover[..., None]) + skin * pigment * cover[..., None]
    return _finished(rng, image), depth > 0


def _generator(seed: int, height: int, width: int) -> np.random.Generator:
    if seed < 0 or min(height, width) < 16:
        raise ValueError(f"expected seed >= 0 and sides of at least 16 px, got {seed}, {height} x {width}")
    return np.random.default_rng(seed)


def _noise(rng: np.random.Generator, height: int, width: int, cells: float) -> np.ndarray:
    """Smooth noise of mean 0 and deviation about 1, with ``cells`` bumps along the longer side."""
    scale = cells / max(height, width)
    rows, columns = max(4, round(height * scale) + 3), max(4, round(width * scale) + 3)
    coarse = rng.standard_normal((rows, columns)).astype(np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC) * 1.2


def _skin(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    tone = np.array(_SKIN[rng.choice(len(_SKIN), p=(0.3, 0.3, 0.2, 0.12, 0.08))], np.float32)
    mottling = 0.020 * _noise(rng, height, width, 5) + 0.012 * _noise(rng, height, width, 18)
    grain = 0.010 * _noise(rng, height, width, 90) + 0.008 * _noise(rng, height, width, 260)
    redness = 0.022 * _noise(rng, height, width, 7)
    skin = tone * (1 + (mottling + grain)[..., None])
    skin[..., 1:] -= np.clip(redness, 0, None)[..., None]
    return skin


def _depth(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """How far inside the border a pixel lies: 1 at the centre, 0 at the border, negative outside."""
    side = min(height, width)
    centre = np.array([height, width]) / 2 + rng.uniform(-0.08, 0.08, 2) * side
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    turn, stretch = rng.uniform(0, np.pi), rng.uniform(1.0, 1.45)
    y, x = rows - centre[0], columns - centre[1]
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    radius = np.hypot(along / np.sqrt(stretch), across * np.sqrt(stretch)) / (side * rng.uniform(0.20, 0.33))
    angle = np.arctan2(across, along)
    ragged = rng.uniform(0.4, 1.6)
    border = np.ones_like(radius)
    for k in range(2, 12):
        border += ragged * 0.10 / k * rng.standard_normal() * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    border += ragged * 0.02 * _noise(rng, height, width, 30)
    return 1 - radius / np.maximum(border, 0.3)


def _pigment(rng: np.random.Generator, depth: np.ndarray) -> np.ndarray:
    """What the lesion lets through of the skin's colour, float32 (H, W, 3)."""
    height, width = depth.shape
    first, second = (np.array(_BROWNS[i], np.float32) for i in rng.choice(len(_BROWNS), 2, replace=False))
    field = _noise(rng, height, width, 6) + 0.4 * _noise(rng, height, width, 30)
    blend = _soft_step(field + 1.2 * depth - 0.4, 2.0)[..., None]
    colour = first * blend + second * (1 - blend)
    for index in rng.permutation(len(_ACCENTS))[: rng.choice(4, p=(0.35, 0.3, 0.25, 0.1))]:
        field = _noise(rng, height, width, rng.uniform(4, 8)) + 0.35 * _noise(rng, height, width, 35)
        patch = rng.uniform(0.5, 0.8) * _soft_step(field - 0.9, 1.6)[..., None]
        colour = colour * (1 - patch) + np.array(_ACCENTS[index], np.float32) * patch
    colour *= (1.12 - rng.uniform(0.1, 0.4) * np.clip(1.6 * depth, 0, 1))[..., None]
    colour *= (1 + rng.choice((_network, _globules, _plain))(rng, depth))[..., None]
    colour *= (1 + 0.05 * _noise(rng, height, width, 60) + 0.04 * _noise(rng, height, width, 140))[..., None]
    return np.clip(colour * rng.uniform(0.95, 1.25) / np.array((0.86, 0.70, 0.62), np.float32), 0.04, 1)


def _network(rng: np.random.Generator, depth: np.ndarray) -> np.ndarray:
    """Dark lines around light holes, stronger towards the border: borders of noise levels."""
    height, width = depth.shape
    field = _noise(rng, height, width, rng.uniform(45, 70))
    lines = np.exp(-((field / 0.45) ** 2))
    return -0.26 * (lines - 0.4) * _soft_step(0.75 - depth, 0.3)


def _globules(rng: np.random.Generator, depth: np.ndarray) -> np.ndarray:
    height, width = depth.shape
    return -0.35 * _soft_step(_noise(rng, height, width, rng.uniform(30, 50)) - 1.0, 0.2)


def _plain(rng: np.random.Generator, depth: np.ndarray) -> np.ndarray:
    return np.zeros_like(depth)


def _soft_step(values: np.ndarray, width: float) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(values / width * 4, -30, 30)))


def _finished(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Under uneven light, in 8 bits, with hairs, bubbles, ruler and dark corners as the generator has it."""
    height, width = image.shape[:2]
    grain, between = rng.spawn(2)  # so that what lies between does not depend on the number of pixels
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    light = 1.04 - 0.12 * (rows**2 + columns**2) + rng.uniform(-0.05, 0.05) * columns
    image = image * light[..., None] + 0.006 * grain.standard_normal((height, width, 1), np.float32)
    drawn = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    return artefacts.add(between, drawn)
