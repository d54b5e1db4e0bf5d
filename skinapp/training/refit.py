"""Fits the last layer of a classifier to what its trunk says, all at once and with a penalty."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.training.minimum import go_to_minimum

ITERATIONS = 400  # at most
_NO_SCALE = 1e-6  # a feature that never changes tells nothing


def last_layer(network: nn.Module) -> nn.Linear:
    """The linear layer that a classifier ends in; `ModelError` for a network that does not end so."""
    head = getattr(network, "classifier", None)
    if not isinstance(head, nn.Sequential) or not isinstance(head[-1], nn.Linear):
        raise ModelError(
            _("The last layer of this network cannot be changed by itself."),
            _("Leave out --refit, --priors and --evening, or choose a convolutional classifier."),
        )
    return head[-1]


def shift_bias(network: nn.Module, shift: Sequence[float]) -> None:
    """Add to the bias of a classifier's last layer in place, (K,)."""
    bias = last_layer(network).bias
    bias.data += torch.as_tensor(shift).to(bias)


def undo_evening(network: nn.Module, record: dict[str, Any]) -> None:
    """Give a trained classifier the class frequencies back in place, so that it knows what it learnt."""
    if "evened_by" in record:
        shift_bias(network, [-change for change in record["evened_by"]])


def logistic_regression(
    features: torch.Tensor, targets: torch.Tensor, classes: int, penalty: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight (K, C) and bias (K,) that fit class indices ``targets`` (N,) to ``features`` (N, C) best.

    The multinomial logistic regression with the smallest mean negative log-likelihood plus ``penalty`` times
    the squared weights, of features brought to mean 0 and standard deviation 1; by L-BFGS.
    """
    features = features.double()
    scale, mean = (one.clone() for one in torch.std_mean(features, dim=0, correction=0))
    scale.clamp_(min=_NO_SCALE)
    known = (features - mean) / scale
    weight = features.new_zeros(classes, features.shape[1], requires_grad=True)
    bias = features.new_zeros(classes, requires_grad=True)

    def loss() -> torch.Tensor:
        return F.cross_entropy(known @ weight.T + bias, targets) + penalty * weight.square().sum()

    go_to_minimum(loss, [weight, bias], ITERATIONS)
    weight, bias = weight.detach() / scale, bias.detach()
    return weight.float(), (bias - weight @ mean).float()
