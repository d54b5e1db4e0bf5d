"""Optional cleaning before a model sees the photograph: hair, uneven light, colour cast.

Every step takes an image and returns a new one of the same size.
"""

from collections.abc import Callable, Sequence
from types import MappingProxyType

import cv2
import numpy as np

from skinapp.imaging.geometry import check_image, fit_square, thumbnail

WORK_SIDE_PX = 600  # longer side at which hair is sought and filled

# Lengths at WORK_SIDE_PX, set by eye on ISIC 2018 Task 1 and HAM10000 training photographs.
_LINE_PX = 17  # wider dark structures are not hair
_MIN_LENGTH_PX = 45  # shorter ones are pigment network, dots or vessels
_CONTRAST = 12  # grey levels by which a hair is darker than its surroundings
_MAX_COMPACTNESS = 0.10  # area / diagonal^2; a straight hair has width / length
_INPAINT_RADIUS_PX = 3


def hair_mask(image: np.ndarray) -> np.ndarray:
    """Where dark, thin, long structures lie: mostly hair, and the marks of a ruler.

    DullRazor (Lee et al. 1997, Comput Biol Med 27:533): the black-hat, a closing along lines in four
    directions minus the image, shows dark structures narrower than the line; of those, the long and thin
    ones are kept. Taken on the red channel, in which vessels vanish and pigment is faintest. Fair hair is
    not found. Photographs larger than `WORK_SIDE_PX` are searched at that size.
    """
    check_image(image)
    height, width = image.shape[:2]
    mask = _small_hair_mask(thumbnail(image, WORK_SIDE_PX))
    if mask.shape == (height, width):
        return mask
    return cv2.resize(mask.view(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST).view(bool)


def remove_hair(image: np.ndarray) -> np.ndarray:
    """The image with `hair_mask` filled from its surroundings, all other pixels unchanged.

    Filled by fast marching (Telea 2004, J Graph Tools 9:23), in large photographs at `WORK_SIDE_PX`.
    """
    check_image(image)
    small = thumbnail(image, WORK_SIDE_PX)
    mask = _small_hair_mask(small).view(np.uint8)
    if not mask.any():
        return image.copy()
    filled = cv2.inpaint(small, mask, _INPAINT_RADIUS_PX, cv2.INPAINT_TELEA)
    if small.shape != image.shape:
        size = image.shape[1], image.shape[0]
        filled = cv2.resize(filled, size, interpolation=cv2.INTER_LINEAR)
        mask = cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST)
    cleaned = image.copy()
    cv2.copyTo(filled, mask, cleaned)
    return cleaned


def equalize_lightness(image: np.ndarray) -> np.ndarray:
    """Local contrast evened out, hue kept: CLAHE on the lightness of CIELAB.

    Contrast-limited adaptive histogram equalisation (Zuiderveld 1994, Graphics Gems IV), 8 x 8 tiles,
    clip limit 2.
    """
    check_image(image)
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(8, 8)).apply(lab[..., 0])
    return cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)


def shades_of_grey(image: np.ndarray, norm: float = 6) -> np.ndarray:
    """The image as under white light, the colour of the light estimated from the image itself.

    Light of channel c: e_c = (mean of value^norm)^(1/norm) (Finlayson & Trezzi 2004, "Shades of gray and
    colour constancy"; norm 6 as there and in Barata et al. 2015 for dermoscopy). Each channel is divided
    by sqrt(3) e_c / |e|, so grey light changes nothing. Taken on the stored values, clipped at 255.
    """
    check_image(image)
    if norm <= 0:
        raise ValueError(f"norm must be positive, got {norm}")
    counts = np.array([np.bincount(image[..., c].ravel(), minlength=256) for c in range(3)])
    light = (counts @ (np.arange(256) / 255) ** norm / counts[0].sum()) ** (1 / norm)
    if not light.all():
        return image.copy()  # a channel without any signal says nothing about the light
    gain = np.linalg.norm(light) / (np.sqrt(3) * light)
    table = np.clip(np.rint(np.arange(256)[:, None] * gain), 0, 255).astype(np.uint8)
    return cv2.LUT(image, table[:, None, :])


CLEANING_STEPS: MappingProxyType[str, Callable[[np.ndarray], np.ndarray]] = MappingProxyType(
    {"hair": remove_hair, "clahe": equalize_lightness, "colour": shades_of_grey}
)


def clean(image: np.ndarray, steps: Sequence[str]) -> np.ndarray:
    """The image after the named steps of `CLEANING_STEPS`, always in the order of that table."""
    unknown = [step for step in steps if step not in CLEANING_STEPS]
    if unknown:
        raise ValueError(f"steps must be among {tuple(CLEANING_STEPS)}, got {unknown}")
    check_image(image)
    for name, step in CLEANING_STEPS.items():
        if name in steps:
            image = step(image)
    return image


def cleaned_square(image: np.ndarray, side_px: int, steps: Sequence[str] = ()) -> np.ndarray:
    """What a network sees of a photograph: `fit_square`, then the steps that its card asks for."""
    square = fit_square(image, side_px)
    return clean(square, steps) if steps else square


def _small_hair_mask(image: np.ndarray) -> np.ndarray:
    scale = max(image.shape) / WORK_SIDE_PX
    red = cv2.GaussianBlur(image[..., 0], (3, 3), 0)
    candidates = (_black_hat(red, _odd(_LINE_PX * scale, 7)) > _CONTRAST).view(np.uint8)
    _count, labels, stats, _centres = cv2.connectedComponentsWithStats(candidates, connectivity=8)
    diagonal = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    is_hair = diagonal >= _MIN_LENGTH_PX * scale
    is_hair &= stats[:, cv2.CC_STAT_AREA] <= _MAX_COMPACTNESS * diagonal**2
    is_hair[0] = False  # the background
    return cv2.dilate(is_hair[labels].view(np.uint8), np.ones((3, 3), np.uint8)).view(bool)


def _black_hat(channel: np.ndarray, length_px: int) -> np.ndarray:
    diagonal = np.eye(_odd(length_px / np.sqrt(2), 5), dtype=np.uint8)
    lines = (
        np.ones((1, length_px), np.uint8),
        np.ones((length_px, 1), np.uint8),
        diagonal,
        diagonal[::-1].copy(),
    )
    # Edge values go on outside, else a dark rim of the photograph would look narrow.
    around = cv2.copyMakeBorder(channel, *[length_px] * 4, cv2.BORDER_REPLICATE)
    closed = np.maximum.reduce([cv2.morphologyEx(around, cv2.MORPH_CLOSE, line) for line in lines])
    return closed[length_px:-length_px, length_px:-length_px] - channel


def _odd(length: float, at_least: int) -> int:
    return max(at_least, 2 * round((length - 1) / 2) + 1)
