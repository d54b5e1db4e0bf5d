"""PSNR and SSIM against torchmetrics, and by hand."""

import numpy as np
import pytest
import torch
from torchmetrics.functional.image import peak_signal_noise_ratio, structural_similarity_index_measure

from skinapp.imaging.synthetic import draw_lesion
from skinapp.metrics.image_quality import luma, psnr, ssim

TRUTH = draw_lesion(2, 70, 90)[0]


def noisy(seed, strength):
    noise = np.random.default_rng(seed).normal(0, strength, TRUTH.shape)
    return np.clip(TRUTH + noise, 0, 255).round().astype(np.uint8)


def as_batch(image, on_luma):
    planes = luma(image)[..., None] if on_luma else image.astype(np.float64)
    return torch.from_numpy(planes).permute(2, 0, 1)[None]


@pytest.mark.parametrize("on_luma", [True, False])
@pytest.mark.parametrize("strength", [1, 8, 60])
def test_agrees_with_torchmetrics(strength, on_luma):
    image = noisy(strength, strength)
    pair = as_batch(image, on_luma), as_batch(TRUTH, on_luma)
    assert psnr(image, TRUTH, on_luma) == pytest.approx(
        float(peak_signal_noise_ratio(*pair, data_range=255.0)), abs=1e-4
    )
    assert ssim(image, TRUTH, on_luma) == pytest.approx(
        float(structural_similarity_index_measure(*pair, data_range=255.0)), abs=1e-4
    )


def test_one_level_everywhere():
    flat = np.full((16, 16, 3), 100, np.uint8)
    assert psnr(flat + np.uint8(1), flat, luma=False) == pytest.approx(20 * np.log10(255))
    assert psnr(flat + np.uint8(1), flat) == pytest.approx(20 * np.log10(255 / (219 / 255)))


def test_flat_images_leave_the_means_alone():
    dark, light = np.full((11, 11, 3), 50, np.uint8), np.full((11, 11, 3), 100, np.uint8)
    c1 = (0.01 * 255) ** 2
    assert ssim(dark, light, luma=False) == pytest.approx((2 * 50 * 100 + c1) / (50**2 + 100**2 + c1))


def test_equal_images():
    assert psnr(TRUTH, TRUTH) == float("inf")
    assert ssim(TRUTH, TRUTH) == pytest.approx(1)


def test_only_grey_in_luma():
    """Two colours of one luma differ in RGB alone."""
    first = np.zeros((11, 11, 3), np.uint8)
    second = first.copy()
    first[..., 0], second[..., 2] = 80, 210
    assert psnr(first, second) > psnr(first, second, luma=False) + 20


@pytest.mark.parametrize("measure", [psnr, ssim])
def test_wrong_arguments(measure):
    with pytest.raises(ValueError, match="one shape"):
        measure(TRUTH, TRUTH[:-1])
    with pytest.raises(ValueError, match="uint8"):
        measure(TRUTH / 255, TRUTH)
    with pytest.raises(ValueError, match="at least 11"):
        ssim(TRUTH[:10], TRUTH[:10])
