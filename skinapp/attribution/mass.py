"""How much of a heat map lies on the lesion."""

import numpy as np

from skinapp.imaging.geometry import resize_map


def mass_inside(heatmap: np.ndarray, mask: np.ndarray) -> float:
    """Share of the mass of ``heatmap`` (h, w) inside ``mask`` (H, W), in [0, 1].

    The map is resized to the mask first. A map without mass has 0 inside.

    >>> mass_inside(np.array([[3.0, 1.0]]), np.array([[True, False]]))
    0.75
    """
    if mask.dtype != bool or mask.ndim != 2:
        raise ValueError(f"expected a mask, bool (H, W), got {mask.dtype} {mask.shape}")
    resized = resize_map(heatmap, *mask.shape)
    total = float(resized.sum(dtype=np.float64))
    return float(resized[mask].sum(dtype=np.float64)) / total if total > 0 else 0.0
