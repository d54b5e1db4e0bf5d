import numpy as np
import pytest

from skinapp.imaging.degrade import (
    _blur_kernel,
    clean_downsampling,
    cut_to_multiple,
    other_light,
    phone_degradation,
)
from skinapp.imaging.synthetic import draw_lesion

IMAGE = draw_lesion(2, 121, 162)[0]


def test_both_ways_give_the_same_size_and_whole_cells():
    assert cut_to_multiple(IMAGE).shape == (120, 160, 3)
    for small in (clean_downsampling(IMAGE), phone_degradation(IMAGE, np.random.default_rng(0))):
        assert small.shape == (30, 40, 3) and small.dtype == np.uint8
        cells = cut_to_multiple(IMAGE).reshape(30, 4, 40, 4, 3).mean(axis=(1, 3))
        assert np.abs(small - cells).mean() < 25


def test_a_flat_image_stays_flat_where_nothing_is_added():
    flat = np.full((16, 16, 3), (200, 120, 40), np.uint8)
    assert (clean_downsampling(flat) == flat[:4, :4]).all()


def test_a_step_keeps_its_place():
    step = np.zeros((32, 32, 3), np.uint8)
    step[:, 16:] = 200
    small = clean_downsampling(step)
    assert (small[:, 6:] > 190).all() and (small[:, :2] < 10).all()


def test_the_generator_decides_alone():
    first, second, other = (phone_degradation(IMAGE, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_another_light_is_a_curve_for_each_colour():
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    first, again, other = (other_light(ramp, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    random = np.random.default_rng(3)
    gamma, gain, tint = random.uniform(0.8, 1.25), random.uniform(0.8, 1.2), random.uniform(0.8, 1.25, 3)
    for channel in range(3):
        by_hand = [min(255, round(gain * tint[channel] * 255 * (v / 255) ** gamma)) for v in range(256)]
        assert first[0, :, channel].tolist() == by_hand


def test_noise_and_compression_are_within_what_is_said():
    flat = np.full((256, 256, 3), 128, np.uint8)
    deviations = [phone_degradation(flat, np.random.default_rng(seed)).std() for seed in range(30)]
    assert 0 < min(deviations) < 5
    assert 12 < max(deviations) < (25**2 + 0.1 * 128) ** 0.5 + 1


def test_blur_keeps_the_light_and_some_have_a_direction():
    kernels = [_blur_kernel(np.random.default_rng(seed)) for seed in range(20)]
    assert all(kernel.sum() == pytest.approx(1, abs=1e-5) for kernel in kernels)
    round_ones = sum(np.allclose(kernel, kernel.T, atol=1e-6) for kernel in kernels)
    assert 3 < round_ones < 17


def test_three_pixels_are_too_few():
    for degrade in (clean_downsampling, lambda image: phone_degradation(image, np.random.default_rng(0))):
        with pytest.raises(ValueError, match="scale"):
            degrade(np.zeros((3, 3, 3), np.uint8))
