"""Learns what follows the trunk of a classifier while the trunk stays: pictures are looked at once."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.models.card import Recipe


def head_of(network: nn.Module) -> nn.Sequential:
    """What follows the trunk of a classifier, batch norm in front; `ModelError` where it is not that."""
    head = getattr(network, "classifier", None)
    if not isinstance(head, nn.Sequential) or not isinstance(head[0], nn.BatchNorm1d):
        raise ModelError(
            _("What follows the trunk of this network cannot learn by itself."),
            _("Leave out --head-epochs, or choose clipvit-ham7."),
        )
    return head


def learn_head(head: nn.Sequential, features: torch.Tensor, targets: torch.Tensor, recipe: Recipe) -> None:
    """Train a head in place, in ``recipe.head_epochs`` passes, on ``features`` (N, C) and class indices (N,).

    Batch norm in front gets mean and deviation of all of them. The hidden layer learns in
    ``recipe.head_groups``, see `answers_of_groups`, each by its own likelihood, so that together they are the
    mean of as many small networks (Lakshminarayanan et al. 2017, arXiv 1612.01474).
    """
    torch.manual_seed(recipe.seed)
    count = len(targets)
    _settle(head[0], features)
    optimiser = torch.optim.AdamW(
        head.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
    )
    steps = math.ceil(count / recipe.batch_size) * recipe.head_epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.learning_rate, total_steps=steps, pct_start=recipe.warmup_share
    )
    head.train()
    head[0].eval()
    for _pass in range(recipe.head_epochs):
        for rows in torch.randperm(count).split(recipe.batch_size):
            answers = answers_of_groups(head, features[rows], recipe.head_groups)
            loss = F.cross_entropy(answers.flatten(0, 1), targets[rows].repeat_interleave(recipe.head_groups))
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
    head.eval()


def answers_of_groups(head: nn.Sequential, features: torch.Tensor, groups: int) -> torch.Tensor:
    """Logits (N, G, K) of each group of hidden units by itself; their mean over the groups is the head's."""
    hidden = head[:-1](features).unflatten(1, (groups, -1))
    weight = head[-1].weight.unflatten(1, (groups, -1))
    return groups * torch.einsum("ngh,kgh->ngk", hidden, weight) + head[-1].bias


@torch.no_grad()
def _settle(norm: nn.BatchNorm1d, features: torch.Tensor) -> None:
    variance, mean = torch.var_mean(features, dim=0, correction=0)
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
