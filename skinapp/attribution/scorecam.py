"""Class activation maps without gradients: the answer when only one feature's places can be seen.

Score-CAM (Wang et al. 2020, arXiv 1910.01279, eq. 6 to 8). Each feature map A_c, enlarged to the input and
stretched to [0, 1], is a mask M_c. With y_k(M) the score of class k for the masked input,

    map_k = ReLU(sum over c of w_kc * A_c),  w_k = softmax over c of y_k(M_c)

The paper subtracts the score of the empty input from each y_k; softmax does not see that, so it is left out.
"""

from collections.abc import Callable

import numpy as np
import torch

from skinapp.imaging.geometry import resize_map
from skinapp.results import Progress

ScoresOf = Callable[[np.ndarray], torch.Tensor]  # mask float32 (S, S) in [0, 1] -> scores (K,)


def score_cam(
    features: torch.Tensor,
    side_px: int,
    scores_of: ScoresOf,
    on_progress: Progress = lambda done, total: None,
) -> torch.Tensor:
    """The map of every class: features (1, C, h, w) to float32 (K, h, w), at least 0, not rescaled.

    ``side_px`` is the side of the input; ``scores_of`` is asked C times.
    """
    if features.shape[0] != 1:
        raise ValueError(f"expected the features of one image, (1, C, h, w), got {tuple(features.shape)}")
    maps = features[0].detach().float()
    scores = []
    for index, values in enumerate(maps.cpu().numpy()):
        scores.append(scores_of(_stretched(resize_map(values, side_px, side_px))))
        on_progress(index + 1, len(maps))
    weights = torch.stack(scores).float().softmax(dim=0)
    return torch.einsum("ck,chw->khw", weights.to(maps.device), maps).clamp_min(0)


def masked(square: np.ndarray, mask: np.ndarray, mean: tuple[float, float, float]) -> np.ndarray:
    """A photograph, uint8 (S, S, 3), seen through a mask (S, S): where that is 0 it has the colour ``mean``,
    on the 0..1 scale, which the network's normalisation turns into nothing."""
    ground = 255 * np.float32(mean)
    return np.rint(ground + (square - ground) * mask[..., None]).astype(np.uint8)


def _stretched(values: np.ndarray) -> np.ndarray:
    """To [0, 1]; a flat map lets nothing through."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else np.zeros_like(values)
