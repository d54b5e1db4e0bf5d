"""Class activation maps from gradients, on a network that is cut in two.

Hooks on a model that serves several visitors would mix them up. Here the features are handed over, and
the backward pass runs through the part behind them alone. With y the target, A_c the c-th feature map and
g_c = dy / dA_c its gradient, every method gives

    map = ReLU(sum over c of w_c * A_c)

with weights of its own:

- Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391, eq. 1): w_c = mean over pixels of g_c.
- Grad-CAM++ (Chattopadhay et al. 2018, arXiv 1710.11063, eq. 5 and 19, y in an exponential):
  w_c = sum over pixels of a_c * ReLU(g_c), with a_c = g_c^2 / (2 g_c^2 + g_c^3 * sum over pixels of A_c).
- HiResCAM (Draelos and Carin 2020, arXiv 2011.08891, eq. 6): w_c = g_c, pixel by pixel.
"""

from collections.abc import Callable

import torch

from skinapp.attribution.method import Method
from skinapp.attribution.targets import each_class

Decode = Callable[[torch.Tensor], torch.Tensor]
Target = Callable[[torch.Tensor], torch.Tensor]
_EPSILON = 1e-6  # that Grad-CAM++ adds to a denominator, as pytorch-grad-cam does


def grad_cam(
    features: torch.Tensor, decode: Decode, target: Target, method: Method = Method.GRAD_CAM
) -> torch.Tensor:
    """One map for each row of ``features`` (N, C, h, w): float32 (N, h, w), at least 0, not rescaled.

    ``decode`` makes the network's output from the features, ``target`` a scalar from the output; the rows
    must not influence each other's share of it. The gradients of parameters are left alone. ``features``
    must not come from `torch.inference_mode`.
    """
    with torch.enable_grad():
        leaf = features.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(target(decode(leaf)), leaf)
    features = features.detach().float()
    weights = _WEIGHTS[method](features, gradient.float())
    return (weights * features).sum(dim=1).clamp_min(0)


def class_maps(
    features: torch.Tensor, decode: Decode, classes: int, method: Method = Method.GRAD_CAM
) -> torch.Tensor:
    """The map of every class for one image: features (1, C, h, w) to maps (K, h, w).

    The features are repeated for the K classes, so that one backward pass answers all of them.
    """
    if features.shape[0] != 1:
        raise ValueError(f"expected the features of one image, (1, C, h, w), got {tuple(features.shape)}")
    return grad_cam(features.expand(classes, -1, -1, -1), decode, each_class, method)


def _mean_gradient(features: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    return gradient.mean(dim=(2, 3), keepdim=True)


def _plus_plus(features: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    squared = gradient.square()
    total = features.sum(dim=(2, 3), keepdim=True)
    shares = squared / (2 * squared + gradient * squared * total + _EPSILON)
    return (shares * gradient.clamp_min(0)).sum(dim=(2, 3), keepdim=True)


def _gradient(features: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    return gradient


_WEIGHTS = {
    Method.GRAD_CAM: _mean_gradient,
    Method.GRAD_CAM_PLUS_PLUS: _plus_plus,
    Method.HIRES_CAM: _gradient,
}
