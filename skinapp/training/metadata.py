"""Fits what age, sex and site add to a classifier of photographs, see `skinapp.models.metadata`."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from skinapp.data.sample import Sample
from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.metrics.calibration import negative_log_likelihood
from skinapp.models import registry
from skinapp.models.card import ModelCard
from skinapp.models.metadata import FACTS, GROUPS, facts_of
from skinapp.models.weights import load_model
from skinapp.training.minimum import go_to_minimum
from skinapp.training.task import TrainingTask
from skinapp.training.trainer import RunOptions, predict

PENALTY = 1e-4  # on the squared weights
KEPT = 0.8  # chance that a fact is heard in a pass of the fit: what is unknown must shift nothing
PASSES = 8
ITERATIONS = 200  # at most
SHARES = np.linspace(0, 1.5, 31)  # of the shift, tried on validation rows


def fit_metadata(
    card: ModelCard, task: TrainingTask, options: RunOptions
) -> tuple[nn.Module, dict[str, float]]:
    """The network with its metadata layer, and of its record: the share of the shift that suits the
    validation rows best, and what stays as the classifier has it, temperature and input side.

    ``options.init`` is a checkpoint of the classifier without metadata, FOLDER/NAME.safetensors. Facts that
    are not independent of the photograph would count twice: the share makes up for that.
    """
    if options.init is None:
        raise ModelError(
            _("'{name}' needs the classifier that it adds to.").format(name=card.name),
            _("Give its weights with --init, such as weights/mobilenetv2-ham7.safetensors."),
        )
    network, checkpoint = load_model(options.init.stem, options.init.parent)
    own = registry.entry(card.name).build()
    _take(own, network, checkpoint.name)
    network.to(options.device)
    weight = shift_weights(*_known(task.train_samples), len(card.labels), card.recipe.seed)
    side_px = checkpoint.card.input_px
    logits, targets = predict(network, task.val_set(side_px), card, options)
    logits = logits.numpy() / checkpoint.temperature
    shifts = _known(task.val_samples)[0] @ weight.T
    share = best_share(logits, shifts, targets.numpy())
    with torch.no_grad():
        own.metadata.weight.copy_(torch.from_numpy(share * checkpoint.temperature * weight))
    return own.eval(), {"input_px": side_px, "share": share, "temperature": checkpoint.temperature}


def _take(own: nn.Module, network: nn.Module, name: str) -> None:
    """Copy a classifier's tensors; `ModelError` unless metadata is all that it lacks."""
    wanted, given = (
        {key: tensor.shape for key, tensor in module.state_dict().items() if key != "metadata.weight"}
        for module in (own, network)
    )
    if wanted != given:
        raise ModelError(
            _("'{name}' is another network than the one that metadata is added to.").format(name=name),
            _("Give the weights of mobilenetv2-ham7 with --init."),
        )
    own.load_state_dict(network.state_dict(), strict=False)


def shift_weights(facts: np.ndarray, targets: np.ndarray, classes: int, seed: int = 0) -> np.ndarray:
    """log p(k | facts) - log p(k) as weights (K, FACTS), from facts (N, FACTS) and class indices (N,).

    A multinomial logistic regression whose intercept is the logarithm of the class shares and stays so. Facts
    are left out at random in `PASSES` copies of the rows, so that each counts by itself too.
    """
    random = np.random.default_rng(seed)
    columns = np.repeat(np.arange(len(GROUPS)), GROUPS)
    heard = [random.random((len(facts), len(GROUPS)))[:, columns] < KEPT for _copy in range(PASSES)]
    seen = torch.from_numpy(np.concatenate([facts * kept for kept in heard]).astype(np.float32))
    known = torch.from_numpy(np.tile(targets, PASSES))
    prior = torch.from_numpy(np.log((np.bincount(targets, minlength=classes) + 1) / (len(targets) + classes)))
    weight = torch.zeros(classes, FACTS, requires_grad=True)

    def loss() -> torch.Tensor:
        return F.cross_entropy(prior.float() + seen @ weight.T, known) + PENALTY * weight.square().sum()

    go_to_minimum(loss, [weight], ITERATIONS)
    return weight.detach().numpy()


def best_share(logits: np.ndarray, shifts: np.ndarray, targets: np.ndarray) -> float:
    """The one of `SHARES` with the highest likelihood of logits + share * shifts, all (N, K)."""
    losses = [negative_log_likelihood(logits + share * shifts, targets, 1.0) for share in SHARES]
    return round(float(SHARES[int(np.argmin(losses))]), 4)


def _known(samples: Sequence[Sample]) -> tuple[np.ndarray, np.ndarray]:
    facts = np.stack([facts_of(sample.patient) for sample in samples])
    return facts, np.array([sample.target for sample in samples])
