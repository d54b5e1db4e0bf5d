"""How far several outlines of one lesion agree. Masks are bool (N, H, W), one for each model."""

import numpy as np

from skinapp.metrics.segmentation import iou


def pairwise_iou(masks: np.ndarray) -> np.ndarray:
    """IoU of every two masks, float64 (N, N): symmetric, 1 on the diagonal; two empty masks agree.

    >>> pairwise_iou(np.array([[[True, True]], [[True, False]]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    _check(masks)
    ious = np.eye(len(masks))
    for row, column in zip(*np.triu_indices(len(masks), k=1), strict=True):
        ious[row, column] = ious[column, row] = iou(masks[row], masks[column])
    return ious


def agreement_with_others(ious: np.ndarray) -> np.ndarray:
    """Mean of each row of `pairwise_iou` without the diagonal, (N,); nan for a mask without others.

    >>> agreement_with_others(np.array([[1.0, 0.5, 0.7], [0.5, 1.0, 0.9], [0.7, 0.9, 1.0]])).round(2).tolist()
    [0.6, 0.7, 0.8]
    """
    others = len(ious) - 1
    return (ious.sum(axis=1) - 1) / others if others else np.full(1, np.nan)


def majority(masks: np.ndarray) -> np.ndarray:
    """The pixels that more than half of the masks hold, bool (H, W): a tie is background."""
    _check(masks)
    return 2 * np.count_nonzero(masks, axis=0) > len(masks)


def disagreement_bits(masks: np.ndarray) -> np.ndarray:
    """Entropy of the vote on each pixel in bits, float32 (H, W): 0 where all agree, 1 where half does not.

    H = -p log2 p - (1 - p) log2 (1 - p), with p the share of masks that hold the pixel (Shannon 1948; the
    vote entropy of Dagan and Engelson 1995 for two classes).
    """
    _check(masks)
    votes = np.arange(len(masks) + 1) / len(masks)  # what p can be
    parts = np.stack([votes, 1 - votes])
    bits = (parts * np.log2(1 / np.where(parts > 0, parts, 1))).sum(axis=0)
    return bits.astype(np.float32)[np.count_nonzero(masks, axis=0)]


def _check(masks: np.ndarray) -> None:
    if masks.dtype != bool or masks.ndim != 3 or masks.size == 0:
        raise ValueError(f"expected masks, bool (N, H, W), got {masks.dtype} {masks.shape}")
