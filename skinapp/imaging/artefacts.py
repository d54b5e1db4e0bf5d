"""What lies between camera and lesion, drawn: hairs, gel bubbles, a ruler, dark corners."""

import cv2
import numpy as np


def add(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """The image with each artefact or without it, as the generator has it."""
    chances = ((hairs, 0.45), (bubbles, 0.3), (ruler, 0.25), (corners, 0.35))
    for draw, chance in chances:
        if rng.random() < chance:
            image = draw(rng, image)
    return image


def hairs(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Curved dark hairs, tapering, mostly in one direction."""
    height, width = image.shape[:2]
    side, flow = max(height, width), rng.uniform(0, np.pi)
    drawn = image.copy()
    for _hair in range(rng.integers(6, 26)):
        start = rng.uniform((-0.1, -0.1), (1.1, 1.1)) * (width, height)
        heading = flow + rng.normal(0, 0.35) + rng.uniform(-0.2, 0.2) + np.pi * rng.integers(2)
        bend = rng.normal(0, 0.9)
        t = np.linspace(0, 1, 24)
        angles = heading + bend * t
        steps = np.column_stack([np.cos(angles), np.sin(angles)]) * rng.uniform(0.2, 0.7) * side / 24
        path = start + np.cumsum(steps, axis=0)
        colour = tuple(int(c) for c in np.array((52, 36, 28)) * rng.uniform(0.5, 1.5))
        thickness = max(1, round(side / 600 * rng.uniform(0.8, 2.4)))
        points = np.rint(path * 8).astype(np.int32)[:, None]
        cv2.polylines(drawn, [points], False, colour, thickness, cv2.LINE_AA, shift=3)
    return drawn


def bubbles(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Gel bubbles: a faint dark ring with a bright glint."""
    height, width = image.shape[:2]
    drawn = image.copy()
    for _bubble in range(rng.integers(2, 7)):
        radius = max(2.0, min(height, width) * rng.uniform(0.008, 0.03))
        reach = int(2 * radius) + 1
        x, y = (int(place) for place in rng.uniform(0.03, 0.97, 2) * (width, height))
        window = np.s_[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]
        drawn[window] = _bubble_on(drawn[window], x - window[1].start, y - window[0].start, radius)
    return drawn


def _bubble_on(image: np.ndarray, x: int, y: int, radius: float) -> np.ndarray:
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
    columns, rows = (columns - x) / radius, (rows - y) / radius
    distance = np.hypot(columns, rows)
    ring = np.exp(-(((distance - 1) / 0.18) ** 2))
    glint = np.exp(-((columns + 0.35) ** 2 + (rows + 0.4) ** 2) / 0.35**2)
    layer = image * (1 - 0.25 * ring + 0.06 * (distance < 1))[..., None]
    layer += (255 - layer) * glint[..., None]
    return np.rint(np.clip(layer, 0, 255)).astype(np.uint8)


def ruler(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """A scale along the lower edge, slightly tilted."""
    height, width = image.shape[:2]
    unit, tilt = width / rng.uniform(24, 40), rng.uniform(-0.15, 0.15)
    along, up = np.array((np.cos(tilt), np.sin(tilt))), np.array((np.sin(tilt), -np.cos(tilt)))
    start = np.array((width * rng.uniform(0.08, 0.5), height * rng.uniform(0.88, 0.93)))
    drawn, thickness = image.copy(), max(1, round(width / 500))
    for mark in range(rng.integers(8, 14)):
        foot = start + along * unit * mark
        top = foot + up * unit * (0.9 if mark % 5 == 0 else 0.5)
        _line(drawn, foot, top, thickness)
    _line(drawn, start, foot, thickness)
    return drawn


def corners(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """The round field of a dermatoscope."""
    height, width = image.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    centre = np.array((height, width)) / 2 + rng.normal(0, 0.01, 2) * height
    radius = np.hypot(height, width) / 2 * rng.uniform(0.80, 0.93)
    distance = np.hypot(rows - centre[0], columns - centre[1])
    open_field = np.clip((radius - distance) / (radius * rng.uniform(0.03, 0.10)), 0, 1)[..., None]
    rim = np.array((14, 10, 10), np.float32)
    return np.rint(image * open_field + rim * (1 - open_field)).astype(np.uint8)


def _line(image: np.ndarray, start: np.ndarray, end: np.ndarray, thickness: int) -> None:
    ends = [tuple(int(c) for c in np.rint(point * 8)) for point in (start, end)]
    cv2.line(image, *ends, (45, 38, 36), thickness, cv2.LINE_AA, shift=3)
