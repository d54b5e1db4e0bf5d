"""How close an image is to the true one. Images are uint8 RGB (H, W, 3) of one shape; all in float64.

By default on luma, as papers on super-resolution report it: Y = 16 + (65.481 R + 128.553 G + 24.966 B) / 255
(ITU-R BT.601, studio range), not rounded, the peak still 255. With ``luma=False`` over the three channels of
RGB. Learned distances such as LPIPS are not here: they need weights.
"""

import cv2
import numpy as np

PEAK = 255.0
_STUDIO = np.array((65.481, 128.553, 24.966)) / 255
_WINDOW_PX, _SIGMA_PX = 11, 1.5  # Wang et al. 2004
_K1, _K2 = 0.01, 0.03


def luma(image: np.ndarray) -> np.ndarray:
    """The luma of an image, float64 (H, W) between 16 (black) and 235 (white).

    >>> luma(np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)).round(3)
    array([[ 16., 235.]])
    """
    return 16 + image.astype(np.float64) @ _STUDIO


def psnr(image: np.ndarray, truth: np.ndarray, luma: bool = True) -> float:
    """Peak signal-to-noise ratio in dB, 10 log10(255^2 / mean squared error); infinite for equal images."""
    ours, theirs = _planes(image, truth, luma)
    error = float(np.mean((ours - theirs) ** 2))
    return float(10 * np.log10(PEAK**2 / error)) if error else float("inf")


def ssim(image: np.ndarray, truth: np.ndarray, luma: bool = True) -> float:
    """Structural similarity (Wang et al. 2004, doi 10.1109/TIP.2003.819861, equation 13); 1 for equal images.

    Gaussian window of 11 x 11 px, sigma 1.5, K1 = 0.01, K2 = 0.03; the mean over all pixels, the image
    mirrored at its edges as torchmetrics does, and for RGB over the channels. `ValueError` for sides under
    11 px.
    """
    ours, theirs = _planes(image, truth, luma)
    if min(ours.shape[:2]) < _WINDOW_PX:
        raise ValueError(f"expected sides of at least {_WINDOW_PX} px, got {ours.shape[:2]}")
    mean_a, mean_b = _blurred(ours), _blurred(theirs)
    var_a = _blurred(ours**2) - mean_a**2
    var_b = _blurred(theirs**2) - mean_b**2
    cov = _blurred(ours * theirs) - mean_a * mean_b
    c1, c2 = (_K1 * PEAK) ** 2, (_K2 * PEAK) ** 2
    likeness = (2 * mean_a * mean_b + c1) * (2 * cov + c2)
    return float(np.mean(likeness / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))))


def _planes(image: np.ndarray, truth: np.ndarray, on_luma: bool) -> tuple[np.ndarray, np.ndarray]:
    for name, array in (("image", image), ("truth", truth)):
        if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or array.size == 0:
            raise ValueError(f"{name} must be uint8 (H, W, 3), got {array.dtype} {array.shape}")
    if image.shape != truth.shape:
        raise ValueError(f"image and truth must have one shape, got {image.shape} and {truth.shape}")
    if on_luma:
        return luma(image), luma(truth)
    return image.astype(np.float64), truth.astype(np.float64)


def _blurred(plane: np.ndarray) -> np.ndarray:
    """The local mean under the Gaussian window."""
    window = cv2.getGaussianKernel(_WINDOW_PX, _SIGMA_PX, cv2.CV_64F)
    return cv2.sepFilter2D(plane, cv2.CV_64F, window, window, borderType=cv2.BORDER_REFLECT_101)
