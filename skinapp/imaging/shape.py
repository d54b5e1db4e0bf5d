"""Measurements of a lesion outline: size, asymmetry, border, colours.

They follow the ideas of the ABCD rule of dermoscopy (Stolz et al. 1994, Eur J Dermatol 4:521; Nachbar et
al. 1994, J Am Acad Dermatol 30:551) as plain geometry. They are descriptions, not the scores of the rule.
"""

import cv2
import numpy as np

from skinapp.i18n import marked
from skinapp.imaging.geometry import check_image, check_mask
from skinapp.results import Shape

# The six colours that the ABCD rule counts, each with CIELAB references (D65) set by eye on ISIC 2018
# Task 1 training photographs. White is lighter than any pale skin, black nearly without light.
DERMOSCOPIC_COLOURS = {
    marked("white"): ((88, 2, 4),),
    marked("red"): ((48, 38, 20), (60, 28, 14)),
    marked("light brown"): ((62, 14, 24), (70, 12, 20), (54, 18, 26)),
    marked("dark brown"): ((38, 16, 18), (28, 14, 14)),
    marked("blue-grey"): ((45, 0, -8), (55, 2, -4), (35, 4, -10)),
    marked("black"): ((10, 3, 2),),
}
MIN_COLOUR_SHARE = 0.05  # of the lesion; less is noise, glare or a hair

_WORK_SIDE_PX = 512  # longer side of the lesion at which all but size is measured
_CONTOUR_SIGMA_PX = 2


def measure_shape(image: np.ndarray, mask: np.ndarray, mm_per_px: float | None = None) -> Shape | None:
    """Measurements of the lesion in ``mask``; None for an empty mask.

    Lengths and areas in mm are None without ``mm_per_px``. A mask of several parts is measured as one
    lesion, so its diameter spans the parts.
    """
    check_image(image)
    check_mask(mask, image)
    if mm_per_px is not None and mm_per_px <= 0:
        raise ValueError(f"mm_per_px must be positive, got {mm_per_px}")
    if not mask.any():
        return None
    area_px = int(mask.sum())
    diameter_px = greatest_diameter(mask)
    small_image, small_mask = _lesion_crop(image, mask)
    major, minor = asymmetry(small_mask)
    return Shape(
        area_px=area_px,
        area_fraction=area_px / mask.size,
        diameter_px=diameter_px,
        diameter_mm=None if mm_per_px is None else diameter_px * mm_per_px,
        area_mm2=None if mm_per_px is None else area_px * mm_per_px**2,
        asymmetry_major=major,
        asymmetry_minor=minor,
        border_irregularity=border_irregularity(small_mask),
        colours=dermoscopic_colours(small_image, small_mask),
    )


def greatest_diameter(mask: np.ndarray) -> float:
    """Greatest (Feret) diameter in pixels: the longest distance between two points of the lesion.

    Taken between the corners of the convex hull's pixels, so a single pixel measures sqrt(2).
    """
    points = np.concatenate(_contours(mask))
    corners = [points + shift for shift in ((0, 0), (0, 1), (1, 0), (1, 1))]
    hull = cv2.convexHull(np.concatenate(corners).astype(np.int32))[:, 0].astype(np.float64)
    return float(np.sqrt(((hull[:, None] - hull[None]) ** 2).sum(axis=2).max()))


def asymmetry(mask: np.ndarray) -> tuple[float, float]:
    """Asymmetry about the major and about the minor axis, each in [0, 1]: 0 for a mirror-true lesion.

    The mask is turned about its centroid so that its axes of inertia (eigenvectors of its second moments)
    lie along the image axes; then area(mask XOR mirrored) / (2 area). The share of the lesion without a
    counterpart across the axis. Axes of a lesion as long as wide (disc, square) are arbitrary.
    """
    turned = _aligned(mask)
    area = max(1, int(turned.sum()))
    across = [np.count_nonzero(turned != turned[flip]) for flip in (np.s_[::-1], np.s_[:, ::-1])]
    return float(across[0] / (2 * area)), float(across[1] / (2 * area))


def border_irregularity(mask: np.ndarray) -> float:
    """Perimeter^2 / (4 pi area), at least 1: 1 for a disc, 4 / pi for a square, more for a ragged border.

    The inverse of circularity (Cox 1927, J Paleontol 1:179). Perimeter and area are those of the outer
    contours of all parts, smoothed along their length by a Gaussian of 2 px so that the stairs of the
    pixels do not count as border (a rasterised disc or square of 20 px or more comes within 4 %). Holes
    are ignored. A lesion of a few pixels counts as 1.
    """
    perimeter = area = 0.0
    for points in map(_smoothed, _contours(mask)):
        x, y = points.T
        steps = np.roll(points, -1, axis=0) - points
        perimeter += np.hypot(*steps.T).sum()
        area += abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2
    return max(1.0, float(perimeter**2 / (4 * np.pi * area))) if area > 1 else 1.0


def dermoscopic_colours(image: np.ndarray, mask: np.ndarray) -> tuple[str, ...]:
    """Which of the six `DERMOSCOPIC_COLOURS` cover at least `MIN_COLOUR_SHARE` of the lesion.

    Every smoothed lesion pixel takes the colour of the nearest reference in CIELAB (distance CIE 1976).
    Colours depend on camera and light; compare photographs of one device only.
    """
    smooth = cv2.GaussianBlur(image, (0, 0), max(1.0, max(mask.shape) / 128))
    pixels = cv2.cvtColor(smooth.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[mask]
    distances = np.stack(
        [
            np.min([np.linalg.norm(pixels - np.float32(ref), axis=1) for ref in references], axis=0)
            for references in DERMOSCOPIC_COLOURS.values()
        ]
    )
    shares = np.bincount(distances.argmin(axis=0), minlength=len(DERMOSCOPIC_COLOURS)) / len(pixels)
    return tuple(
        name for name, share in zip(DERMOSCOPIC_COLOURS, shares, strict=True) if share >= MIN_COLOUR_SHARE
    )


def _contours(mask: np.ndarray) -> list[np.ndarray]:
    """The outer border pixels of each part, int32 (n, 2) as x, y, in order around it."""
    contours, _tree = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return [contour[:, 0] for contour in contours]


def _smoothed(contour: np.ndarray) -> np.ndarray:
    """The closed contour under a Gaussian along its length, float64 (n, 2)."""
    reach = min(3 * _CONTOUR_SIGMA_PX, (len(contour) - 1) // 2)
    shifts = range(-reach, reach + 1)
    weights = np.exp(-0.5 * (np.array(shifts) / _CONTOUR_SIGMA_PX) ** 2)
    shifted = np.stack([np.roll(contour, shift, axis=0) for shift in shifts])
    return np.tensordot(weights / weights.sum(), shifted, axes=1)


def _lesion_crop(image: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Image and mask around the lesion, no longer than `_WORK_SIDE_PX`; the mask never empty."""
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    window = np.s_[y : y + height, x : x + width]
    scale = min(1.0, _WORK_SIDE_PX / max(height, width))
    if scale == 1:
        return image[window].copy(), mask[window].copy()
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(mask[window].astype(np.float32), size, interpolation=cv2.INTER_AREA)
    image = cv2.resize(image[window], size, interpolation=cv2.INTER_AREA)
    return image, small >= min(0.5, float(small.max()))


def _aligned(mask: np.ndarray) -> np.ndarray:
    """The mask turned about its centroid, major axis level, in a square frame centred on the centroid."""
    rows, columns = np.nonzero(mask)
    centre = np.array([columns.mean(), rows.mean()])
    offsets = np.stack([columns, rows]) - centre[:, None]
    _spread, axes = np.linalg.eigh(offsets @ offsets.T)
    turn = axes[:, ::-1].T  # rows: major axis, minor axis
    half = int(np.ceil(np.hypot(*offsets).max())) + 2
    shift = half - turn @ centre
    matrix = np.column_stack([turn, shift])
    soft = cv2.warpAffine(mask.astype(np.float32), matrix, (2 * half + 1,) * 2, flags=cv2.INTER_LINEAR)
    return soft >= 0.5
