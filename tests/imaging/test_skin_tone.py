import numpy as np
import pytest

from skinapp.imaging.skin_tone import typology_angle


def lightness_and_yellow(rgb):
    """L* and b* of one sRGB colour by the definitions (IEC 61966-2-1, CIE 15, white D65)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)]
    y = np.dot(linear, (0.212671, 0.715160, 0.072169))
    z = np.dot(linear, (0.019334, 0.119193, 0.950227)) / 1.088754
    f_y, f_z = np.cbrt(y), np.cbrt(z)
    return 116 * f_y - 16, 200 * (f_y - f_z)


@pytest.mark.parametrize("rgb", [(236, 200, 180), (200, 150, 120), (90, 60, 45)])
def test_angle_of_a_plain_colour(rgb):
    image = np.full((80, 90, 3), rgb, np.uint8)
    lightness, yellow = lightness_and_yellow(rgb)
    expected = np.degrees(np.arctan2(lightness - 50, yellow))
    assert typology_angle(image, np.zeros((80, 90), bool)) == pytest.approx(expected, abs=0.3)


def test_a_lesion_does_not_count_and_without_skin_there_is_no_tone():
    image = np.full((80, 90, 3), (236, 200, 180), np.uint8)
    lesion = np.zeros((80, 90), bool)
    lesion[20:60, 20:70] = True
    bare = typology_angle(image, np.zeros_like(lesion))
    image[lesion] = (60, 30, 20)
    assert typology_angle(image, lesion) == pytest.approx(bare)
    assert np.isnan(typology_angle(image, np.ones_like(lesion)))
