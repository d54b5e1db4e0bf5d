"""Whether a heat map marks what a model needs: the answer while the hottest pixels are taken away or given.

Deletion and insertion of Petsiuk et al. 2018 (RISE, arXiv 1806.07421, section 3.2). Deletion puts the mean
colour in place of the hottest pixels, more and more of them: a faithful map makes the probability fall soon,
so a small area under its curve is good. Insertion starts from the blurred image and gives the hottest pixels
back: there a large area is good. Both areas lie in [0, 1].
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from skinapp.imaging.geometry import check_image, resize_map

BLUR_SHARE = 0.04  # standard deviation of the blur as a fraction of the shorter side


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """Probabilities (steps + 1,) after a share of the pixels (steps + 1,) was taken away, and was given."""

    shares: np.ndarray
    deletion: np.ndarray
    insertion: np.ndarray

    @property
    def deletion_area(self) -> float:
        """The area under the curve of deletion: small is good."""
        return float(np.trapezoid(self.deletion, self.shares))

    @property
    def insertion_area(self) -> float:
        """The area under the curve of insertion: large is good."""
        return float(np.trapezoid(self.insertion, self.shares))


def faithfulness(
    image: np.ndarray, heatmap: np.ndarray, prob_of: Callable[[np.ndarray], float], steps: int = 20
) -> Faithfulness:
    """The two curves of a heat map (h, w) on its image, uint8 (H, W, 3).

    ``prob_of`` gives the probability of the explained class for an image; it is asked 2 (steps + 1) times.
    Equally hot pixels go in the order of rows and columns.
    """
    check_image(image)
    if steps < 1:
        raise ValueError(f"steps must be at least 1, got {steps}")
    height, width = image.shape[:2]
    order = np.argsort(-resize_map(heatmap, height, width).ravel(), kind="stable")
    mean = np.broadcast_to(np.rint(image.mean(axis=(0, 1))).astype(np.uint8), image.shape)
    blurred = cv2.GaussianBlur(image, (0, 0), BLUR_SHARE * min(height, width))
    shares = np.linspace(0, 1, steps + 1)
    curves = [
        [prob_of(_mixed(before, after, order, share)) for share in shares]
        for before, after in ((image, mean), (blurred, image))
    ]
    return Faithfulness(shares, *np.array(curves))


def _mixed(before: np.ndarray, after: np.ndarray, order: np.ndarray, share: float) -> np.ndarray:
    """``before`` with the first ``share`` of the pixels in ``order`` taken from ``after``."""
    mixed = before.reshape(-1, 3).copy()
    chosen = order[: round(share * len(order))]
    mixed[chosen] = after.reshape(-1, 3)[chosen]
    return mixed.reshape(before.shape)
