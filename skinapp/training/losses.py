"""Losses of the papers. Segmentation losses take logits and targets (N, 1, H, W), classification (N, K)."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F
from torchvision.ops import sigmoid_focal_loss

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

_PIXELS = (1, 2, 3)


def dice_loss(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """1 - 2 |P T| / (|P| + |T|) on probabilities, mean over the batch (Milletari et al. 2016)."""
    prob = torch.sigmoid(logits)
    overlap = (prob * target).sum(_PIXELS)
    return (1 - (2 * overlap + 1) / (prob.sum(_PIXELS) + target.sum(_PIXELS) + 1)).mean()


def squared_dice_loss(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Dice loss with squared terms in the denominator (paper E; V-Net, Milletari et al. 2016, eq. 3)."""
    prob = torch.sigmoid(logits)
    overlap = (prob * target).sum(_PIXELS)
    return (1 - (2 * overlap + 1) / (prob.square().sum(_PIXELS) + target.square().sum(_PIXELS) + 1)).mean()


def jaccard_loss(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """1 - |P T| / (|P| + |T| - |P T|) on probabilities, mean over the batch."""
    prob = torch.sigmoid(logits)
    overlap = (prob * target).sum(_PIXELS)
    union = prob.sum(_PIXELS) + target.sum(_PIXELS) - overlap
    return (1 - (overlap + 1) / (union + 1)).mean()


def ssim_loss(logits: torch.Tensor, target: torch.Tensor, window: int = 11) -> torch.Tensor:
    """1 - mean SSIM between probability map and mask, uniform window (Wang et al. 2004, eq. 13)."""
    prob = torch.sigmoid(logits)
    mean_p, mean_t = _local_mean(prob, window), _local_mean(target, window)
    var_p = _local_mean(prob * prob, window) - mean_p**2
    var_t = _local_mean(target * target, window) - mean_t**2
    covariance = _local_mean(prob * target, window) - mean_p * mean_t
    c1, c2 = 0.01**2, 0.03**2
    ssim = ((2 * mean_p * mean_t + c1) * (2 * covariance + c2)) / (
        (mean_p**2 + mean_t**2 + c1) * (var_p + var_t + c2)
    )
    return 1 - ssim.mean()


def focal_ssim_jaccard(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The hybrid loss of UNet 3+ (Huang et al. 2020, eq. 8) that paper A uses; focal with gamma 2."""
    focal = sigmoid_focal_loss(logits, target, alpha=-1, gamma=2, reduction="mean")
    return focal + ssim_loss(logits, target) + jaccard_loss(logits, target)


def bce_dice(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Binary cross-entropy plus Dice loss (paper D)."""
    return F.binary_cross_entropy_with_logits(logits, target) + dice_loss(logits, target)


def class_weights(counts: torch.Tensor, power: float = 0.5) -> torch.Tensor:
    """Weights proportional to count^-power with mean 1 over the samples.

    >>> class_weights(torch.tensor([1.0, 4.0]))
    tensor([1.6667, 0.8333])
    """
    weights = counts.clamp(min=1).float() ** -power
    return weights * counts.sum() / (weights * counts).sum()


def weighted_cross_entropy(counts: torch.Tensor) -> Loss:
    """Cross-entropy with `class_weights` of the training counts (paper B)."""
    return nn.CrossEntropyLoss(weight=class_weights(counts), label_smoothing=0.05)


def malignant_cross_entropy(weight: float) -> Loss:
    """Cross-entropy of two classes, benign and malignant, the second ``weight`` times as dear (paper C)."""
    return nn.CrossEntropyLoss(weight=torch.tensor([1.0, weight]))


CLASSIFICATION_LOSSES: dict[str, Callable[[torch.Tensor], Loss]] = {  # given the counts of the classes
    "weighted-cross-entropy": weighted_cross_entropy,
    "cross-entropy": lambda _counts: nn.CrossEntropyLoss(),
}
SEGMENTATION_LOSSES: dict[str, Loss] = {
    "focal-ssim-jaccard": focal_ssim_jaccard,
    "bce-dice": bce_dice,
    "dice-squared": squared_dice_loss,
}


def _local_mean(maps: torch.Tensor, window: int) -> torch.Tensor:
    return F.avg_pool2d(maps, window, stride=1, padding=window // 2, count_include_pad=False)
