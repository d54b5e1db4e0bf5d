import cv2
import numpy as np
import pytest

from skinapp.imaging.cleaning import (
    CLEANING_STEPS,
    clean,
    equalize_lightness,
    hair_mask,
    remove_hair,
    shades_of_grey,
)

RNG = np.random.default_rng(0)
SKIN = np.clip(RNG.normal((200, 160, 140), 2, (300, 400, 3)), 0, 255).astype(np.uint8)
LESION = cv2.circle(SKIN.copy(), (200, 150), 60, (120, 70, 50), -1)


def with_hairs(image, scale=1):
    hairy, where = image.copy(), np.zeros(image.shape[:2], np.uint8)
    for start, end in (((20, 30), (180, 260)), ((380, 40), (150, 290)), ((10, 200), (390, 210))):
        ends = [tuple(scale * coordinate for coordinate in point) for point in (start, end)]
        cv2.line(hairy, *ends, (40, 25, 20), 3 * scale)
        cv2.line(where, *ends, 1, 3 * scale)
    return hairy, where.astype(bool)


@pytest.mark.parametrize("scale", [1, 4])
def test_hairs_are_found_at_any_size(scale):
    skin = cv2.resize(SKIN, None, fx=scale, fy=scale)
    hairy, where = with_hairs(skin, scale)
    found = hair_mask(hairy)
    assert found.shape == where.shape and found.dtype == bool
    assert found[where].mean() > 0.95
    nearby = cv2.dilate(where.astype(np.uint8), np.ones((8 * scale + 1,) * 2, np.uint8)).astype(bool)
    assert not found[~nearby].any()


def test_skin_and_lesion_are_no_hair():
    assert not hair_mask(SKIN).any()
    assert not hair_mask(LESION).any()


def test_a_dark_rim_of_the_photograph_is_no_hair():
    rimmed = SKIN.copy()
    rimmed[:4] = rimmed[:, :4] = 0
    assert not hair_mask(rimmed).any()


@pytest.mark.parametrize("scale", [1, 4])
def test_removal_restores_the_skin_and_leaves_the_rest(scale):
    lesion = cv2.resize(LESION, None, fx=scale, fy=scale)
    hairy, where = with_hairs(lesion, scale)
    before = hairy.copy()
    cleaned = remove_hair(hairy)
    assert np.array_equal(hairy, before)
    error = np.abs(cleaned.astype(int) - lesion)
    assert error[where].mean() < 10 < np.abs(hairy.astype(int) - lesion)[where].mean()
    assert np.array_equal(cleaned[~hair_mask(hairy)], hairy[~hair_mask(hairy)])


def test_equalized_lightness_raises_faint_contrast_and_keeps_hue():
    faint = cv2.circle(SKIN.copy(), (200, 150), 60, (190, 150, 131), -1)
    lab, equal = (cv2.cvtColor(i, cv2.COLOR_RGB2LAB).astype(int) for i in (faint, equalize_lightness(faint)))
    assert equal[..., 0].std() > 1.2 * lab[..., 0].std()
    assert np.abs(equal[..., 1:] - lab[..., 1:]).mean() < 3


def test_colour_cast_is_taken_away():
    cast = np.clip(SKIN * np.array([1.0, 0.8, 0.6]), 0, 255).astype(np.uint8)
    means = shades_of_grey(cast).reshape(-1, 3).mean(axis=0)
    assert np.ptp(means) < 2
    grey = np.repeat(RNG.integers(0, 256, (30, 30, 1)), 3, axis=2).astype(np.uint8)
    assert np.array_equal(shades_of_grey(grey), grey)


def test_shades_of_grey_against_the_formula():
    values = LESION.astype(float)
    light = (values**6).mean(axis=(0, 1)) ** (1 / 6)
    light /= np.linalg.norm(light)
    expected = np.clip(values / (np.sqrt(3) * light), 0, 255)
    assert np.abs(shades_of_grey(LESION) - expected).max() <= 0.51


def test_black_image_stays_black():
    black = np.zeros((70, 80, 3), np.uint8)
    assert not shades_of_grey(black).any() and not remove_hair(black).any()


def test_steps_run_in_the_order_of_the_table():
    hairy, _where = with_hairs(LESION)
    assert tuple(CLEANING_STEPS) == ("hair", "clahe", "colour")
    expected = shades_of_grey(equalize_lightness(remove_hair(hairy)))
    assert np.array_equal(clean(hairy, ["colour", "hair", "clahe"]), expected)
    assert np.array_equal(clean(hairy, []), hairy)
    with pytest.raises(ValueError, match="polish"):
        clean(hairy, ["hair", "polish"])
    with pytest.raises(ValueError, match="norm"):
        shades_of_grey(hairy, norm=0)
