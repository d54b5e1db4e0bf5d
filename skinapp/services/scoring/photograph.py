"""What is known about a test photograph itself, so that results can be looked at by it."""

import numpy as np

from skinapp.imaging.cleaning import hair_mask
from skinapp.imaging.geometry import thumbnail
from skinapp.imaging.quality import WORK_SIDE_PX, sharpness
from skinapp.imaging.skin_tone import typology_angle

FACTS = ("lesion_share", "hair", "sharpness", "ita")


def photograph_facts(image: np.ndarray, lesion: np.ndarray) -> dict[str, float]:
    """Share of the frame under the true ``lesion`` and under hair, sharpness, skin tone (ITA in degrees)."""
    hair = hair_mask(image)
    values = (
        lesion.mean(),
        hair.mean(),
        sharpness(thumbnail(image, WORK_SIDE_PX)),
        typology_angle(image, lesion | hair),
    )
    return {key: round(float(value), 4) for key, value in zip(FACTS, values, strict=True)}
