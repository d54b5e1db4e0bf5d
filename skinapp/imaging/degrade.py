"""Photographs as they might have been taken: sharp ones made small, as a scaler would (clean) or as a phone
would (degraded), and others under another light.

The pairs that enlarging is learnt from and measured on. How strong noise and compression may be is what
blind super-resolution trains for (Zhang et al. 2021, BSRGAN, arXiv 2103.14006, section 3). Both ways of
making them small cut the right and the lower edge so that the sides become multiples of ``scale``;
`cut_to_multiple` cuts the truth alike.
"""

import cv2
import numpy as np
from PIL import Image

from skinapp.imaging.geometry import check_image

BLUR_SIGMA_PX = (0.4, 1.6)  # lens and focus, in pixels of the large image
ISOTROPIC_SHARE = 0.5  # of all blurs; the others have a direction, as a moving hand gives
NOISE_SIGMA = (1.0, 25.0)  # of the sensor in darkness, in grey levels; as in BSRGAN
SHOT_GAIN = (0.0, 0.1)  # variance that each grey level of light adds
JPEG_QUALITY = (30, 95)  # as in BSRGAN
LAMP_GAMMA, LAMP_GAIN, LAMP_TINT = (0.8, 1.25), (0.8, 1.2), (0.8, 1.25)  # of light, of each colour
_KERNELS = (Image.Resampling.BICUBIC, Image.Resampling.BILINEAR, Image.Resampling.BOX)  # BOX averages areas


def cut_to_multiple(image: np.ndarray, scale: int = 4) -> np.ndarray:
    """The image without the rows at the bottom and the columns at the right that ``scale`` leaves over."""
    check_image(image)
    height, width = (side // scale * scale for side in image.shape[:2])
    if scale < 1 or min(height, width) < 1:
        raise ValueError(f"expected scale >= 1 and sides of at least it, got {scale} for {image.shape}")
    return image[:height, :width]


def clean_downsampling(image: np.ndarray, scale: int = 4) -> np.ndarray:
    """The image (H, W, 3) at (H // scale, W // scale): bicubic with antialiasing, as Pillow does it."""
    return _shrunk(cut_to_multiple(image, scale), scale, Image.Resampling.BICUBIC)


def phone_degradation(image: np.ndarray, rng: np.random.Generator, scale: int = 4) -> np.ndarray:
    """The image (H, W, 3) at (H // scale, W // scale) as a phone might have taken it.

    In the order of the light: Gaussian blur at the large scale (`BLUR_SIGMA_PX`, round or directed),
    downsampling with a bicubic, bilinear or area kernel, sensor noise of variance sigma^2 + gain * level
    (`NOISE_SIGMA`, `SHOT_GAIN`), JPEG with 4:2:0 colours (`JPEG_QUALITY`). All strengths are drawn
    uniformly from ``rng``: the same generator state gives the same image.
    """
    image = cut_to_multiple(image, scale)
    blurred = cv2.filter2D(image, -1, _blur_kernel(rng), borderType=cv2.BORDER_REFLECT_101)
    small = _shrunk(blurred, scale, _KERNELS[rng.integers(len(_KERNELS))])
    return _compressed(_noisy(small, rng), int(rng.integers(*JPEG_QUALITY, endpoint=True)))


def other_light(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The image, uint8 RGB (H, W, 3), as another lamp and another camera's white might have shown it.

    v' = gain * tint * v^gamma on the 0..1 scale, clipped; one gamma and one gain for all (`LAMP_GAMMA`,
    `LAMP_GAIN`), one tint for each colour (`LAMP_TINT`), drawn uniformly from ``rng``.
    """
    check_image(image)
    gamma, gain, tint = rng.uniform(*LAMP_GAMMA), rng.uniform(*LAMP_GAIN), rng.uniform(*LAMP_TINT, 3)
    levels = (np.arange(256) / 255) ** gamma * 255
    table = np.clip(np.rint(levels[:, None] * gain * tint), 0, 255).astype(np.uint8)
    return cv2.LUT(image, table[:, None])


def _shrunk(image: np.ndarray, scale: int, kernel: Image.Resampling) -> np.ndarray:
    height, width = image.shape[:2]
    return np.array(Image.fromarray(image).resize((width // scale, height // scale), kernel))


def _blur_kernel(rng: np.random.Generator) -> np.ndarray:
    """A normalised Gaussian, float32 (k, k), over at least three deviations."""
    along, across = rng.uniform(*BLUR_SIGMA_PX, 2)
    across = along if rng.random() < ISOTROPIC_SHARE else across
    turn = rng.uniform(0, np.pi)
    reach = int(np.ceil(3 * BLUR_SIGMA_PX[1]))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    kernel = np.exp(-0.5 * ((u / along) ** 2 + (v / across) ** 2))
    return (kernel / kernel.sum()).astype(np.float32)


def _noisy(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    levels = image.astype(np.float32)
    variance = rng.uniform(*NOISE_SIGMA) ** 2 + rng.uniform(*SHOT_GAIN) * levels
    noise = rng.standard_normal(levels.shape, np.float32) * np.sqrt(variance, dtype=np.float32)
    return np.rint(np.clip(levels + noise, 0, 255)).astype(np.uint8)


def _compressed(image: np.ndarray, quality: int) -> np.ndarray:
    _written, data = cv2.imencode(
        ".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), (cv2.IMWRITE_JPEG_QUALITY, quality)
    )
    return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
