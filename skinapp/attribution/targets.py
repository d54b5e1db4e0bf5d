"""What an attribution explains: one scalar made from a network's output."""

import torch


def each_class(logits: torch.Tensor) -> torch.Tensor:
    """Class k of row k, summed: with one image repeated K times, logits (K, K), each row explains one class.

    >>> each_class(torch.tensor([[1.0, 5.0], [7.0, 2.0]])).item()
    3.0
    """
    return logits.float().diagonal().sum()


def lesion_pixels(threshold: float):
    """The mean of logits (1, 1, h, w) over the pixels whose probability is at least ``threshold``.

    As in Vinogradova et al. 2020 (Seg-Grad-CAM, arXiv 2002.11434, eq. 2), with the mean in place of the
    sum, so that the heat does not grow with the lesion. Without such a pixel it and its gradient are 0.

    >>> lesion_pixels(0.5)(torch.tensor([[[[-1.0, 0.0, 3.0]]]])).item()
    1.5
    """

    def target(logits: torch.Tensor) -> torch.Tensor:
        logits = logits.float()
        chosen = logits.detach().sigmoid() >= threshold
        return (logits * chosen).sum() / chosen.sum().clamp(min=1)

    return target
