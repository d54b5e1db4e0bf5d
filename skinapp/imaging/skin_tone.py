"""How light the skin around a lesion looks: the individual typology angle."""

import cv2
import numpy as np

from skinapp.imaging.geometry import check_image, check_mask
from skinapp.imaging.quality import dark_corners

_MARGIN_PX = 9  # around what covers the skin: a lesion's edge fades into it
_MIN_SHARE = 0.02  # of the frame; from less skin no tone is read


def typology_angle(image: np.ndarray, covered: np.ndarray) -> float:
    """ITA in degrees of the skin that ``covered``, bool (H, W), leaves free; NaN where that is too little.

    ITA = atan2(L* - 50, b*) of the median colour in CIELAB (Chardon et al. 1991, Int J Cosmet Sci 13:191).
    Over 55 very light, 41 light, 28 intermediate, 10 tan, -30 brown, below dark (Del Bino & Bernerd 2013).
    A photograph is no colorimeter: light, camera and a dermatoscope's polarisation shift the angle.
    """
    check_image(image)
    check_mask(covered, image)
    kernel = np.ones((_MARGIN_PX, _MARGIN_PX), np.uint8)
    free = (cv2.dilate(covered.view(np.uint8), kernel) == 0) & ~dark_corners(image)
    if free.mean() < _MIN_SHARE:
        return float("nan")
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[free]
    lightness, _a, yellow = np.median(lab, axis=0)
    return float(np.degrees(np.arctan2(lightness - 50, yellow)))
