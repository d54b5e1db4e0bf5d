"""How light the skin around a lesion looks: the individual typology angle; and whether there is any skin."""

import cv2
import numpy as np

from skinapp.imaging.geometry import check_image, check_mask
from skinapp.imaging.quality import dark_corners

_MARGIN_PX = 9  # around what covers the skin: a lesion's edge fades into it
_MIN_SHARE = 0.02  # of the frame; from less skin no tone is read
_UNLIT, _GREY = 15.0, 2.0  # lightness L* under which no colour is seen, a* up to which a colour is grey


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


def reddish_share(image: np.ndarray) -> float:
    """The share of the lit picture, uint8 RGB (H, W, 3), that is redder than grey; 0 where nothing is lit.

    Lit are pixels of L* over 15 in CIELAB, redder than grey those with a* over 2, after the picture was
    shrunk to 64 x 64 px. Skin and what grows on it are so in any light that is nearly white; paper, print
    and leaves are not.
    """
    check_image(image)
    small = cv2.resize(image, (64, 64), interpolation=cv2.INTER_AREA)
    lightness, red, _yellow = cv2.split(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB))
    lit = lightness > _UNLIT
    return float((red[lit] > _GREY).mean()) if lit.any() else 0.0
