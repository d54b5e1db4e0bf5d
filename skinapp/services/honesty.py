"""What an enlarged image may be trusted for: does it agree with its input, what did it add, does a model
see another lesion in it. None of this feeds a diagnosis."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from skinapp.imaging.degrade import clean_downsampling
from skinapp.imaging.enlarging import SCALE
from skinapp.metrics.image_quality import psnr, ssim
from skinapp.results import Consistency, FiveMethods, Prediction, PredictionChange

CONSISTENT_RMS = 2.55  # grey levels: 1 % of the scale
ANNOUNCED_SHIFT = 0.1  # of the probability that a lesion is malignant or pre-malignant
SCORED = ("bicubic", "enlarger", "segment_bicubic", "segment_enlarger")

Score = dict[str, float]
Distance = Callable[[np.ndarray, np.ndarray], float]  # image, truth
NO_DISTANCES: Mapping[str, Distance] = MappingProxyType({})


def consistency(
    enlarged: np.ndarray,
    small: np.ndarray,
    limit: float = CONSISTENT_RMS,
    within: np.ndarray | None = None,
) -> Consistency:
    """The enlarged image (4h, 4w, 3), brought back down bicubically with antialiasing, against its input.

    The residual of a pixel is the root of its mean squared difference over the channels. An honest
    enlargement of a sharp photograph comes back to it; one that also removes noise does not, and is marked.
    The figure and its verdict are of the pixels ``within``, a mask (h, w) with the part that was enlarged by
    the method, so that plain surroundings do not dilute them; of all pixels without one.
    """
    if enlarged.shape != (SCALE * small.shape[0], SCALE * small.shape[1], 3):
        raise ValueError(f"expected {SCALE} times the size of {small.shape}, got {enlarged.shape}")
    back = clean_downsampling(enlarged, SCALE).astype(np.float32)
    squares = ((back - small) ** 2).mean(axis=2)
    rms = float(np.sqrt(np.mean(squares, dtype=np.float64, where=True if within is None else within)))
    return Consistency(np.sqrt(squares), rms, rms <= limit)


def changed_part(methods: FiveMethods, method: str) -> np.ndarray | None:
    """The lesion (h, w) where ``method`` enlarges nothing else by the model; None where it is everything."""
    return methods.mask if method == "segment_enlarger" and methods.mask.any() else None


def invented_detail(enlarged: np.ndarray, bicubic: np.ndarray) -> np.ndarray:
    """What was added beyond bicubic: the mean absolute difference over the channels, grey levels, (H, W)."""
    return np.abs(enlarged.astype(np.float32) - bicubic).mean(axis=2)


def prediction_change(
    before: Prediction, after: Prediction, limit: float = ANNOUNCED_SHIFT
) -> PredictionChange:
    """The classes of one part of the photograph, as it is and enlarged."""
    shift = after.suspicious_prob - before.suspicious_prob
    return PredictionChange(
        before_code=before.codes[before.top],
        after_code=after.codes[after.top],
        before_prob=float(before.probs[before.top]),
        after_prob=float(after.probs[after.top]),
        suspicious_shift=shift,
        is_announced=before.codes[before.top] != after.codes[after.top] or abs(shift) > limit,
    )


def scores(
    methods: FiveMethods,
    truth: np.ndarray,
    distances: Mapping[str, Distance] = NO_DISTANCES,
    names: Sequence[str] = SCORED,
) -> dict[str, Score]:
    """PSNR and SSIM (luma) of each method against the true large image of the same part.

    ``distances`` are further metrics by name, such as ``lpips``; what is not given is not measured.
    """
    known: dict[int, Score] = {}  # by image: bicubic is bicubic under two names
    for image in (getattr(methods, name) for name in names):
        if id(image) not in known:
            known[id(image)] = {"psnr": psnr(image, truth), "ssim": ssim(image, truth)} | {
                metric: distance(image, truth) for metric, distance in distances.items()
            }
    return {name: known[id(getattr(methods, name))] for name in names}
