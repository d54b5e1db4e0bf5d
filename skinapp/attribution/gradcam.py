"""Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391), on a network that is cut in two.

Hooks on a model that serves several visitors would mix them up. Here the features are handed over, and
the backward pass runs through the part behind them alone.
"""

from collections.abc import Callable

import torch

from skinapp.attribution.targets import each_class

Decode = Callable[[torch.Tensor], torch.Tensor]
Target = Callable[[torch.Tensor], torch.Tensor]


def grad_cam(features: torch.Tensor, decode: Decode, target: Target) -> torch.Tensor:
    """One map for each row of ``features`` (N, C, h, w): float32 (N, h, w), at least 0, not rescaled.

    ``decode`` makes the network's output from the features, ``target`` a scalar from the output; the rows
    must not influence each other's share of it. With y the target and A_c the c-th feature map,

    - a_c = mean over pixels of dy / dA_c (eq. 1),
    - map = ReLU(sum over c of a_c * A_c) (eq. 2).

    The gradients of parameters are left alone. ``features`` must not come from `torch.inference_mode`.
    """
    with torch.enable_grad():
        leaf = features.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(target(decode(leaf)), leaf)
    weights = gradient.float().mean(dim=(2, 3))
    return torch.einsum("nc,nchw->nhw", weights, features.detach().float()).clamp_min(0)


def class_maps(features: torch.Tensor, decode: Decode, classes: int) -> torch.Tensor:
    """Grad-CAM of every class for one image: features (1, C, h, w) to maps (K, h, w).

    The features are repeated for the K classes, so that one backward pass answers all of them.
    """
    if features.shape[0] != 1:
        raise ValueError(f"expected the features of one image, (1, C, h, w), got {tuple(features.shape)}")
    return grad_cam(features.expand(classes, -1, -1, -1), decode, each_class)
