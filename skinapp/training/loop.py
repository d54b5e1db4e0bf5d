"""A whole training: from a card and a choice of data to a checkpoint with its record."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.metrics.calibration import fit_temperature
from skinapp.models import registry
from skinapp.models.card import ModelCard, Recipe, Task
from skinapp.models.storage import as_kept
from skinapp.models.weights import save_checkpoint
from skinapp.training.adversarial import AdversarialTrainer
from skinapp.training.metadata import fit_metadata
from skinapp.training.pseudo_labels import pseudo_labelled
from skinapp.training.refit import shift_bias
from skinapp.training.sampling import prior_share, prior_shift
from skinapp.training.task import AdversarialTask, ClassificationTask, DataChoice, TrainingTask, training_task
from skinapp.training.trainer import RunOptions, Trainer, predict


def train(name: str, choice: DataChoice, options: RunOptions, recipe: Recipe | None = None) -> dict[str, Any]:
    """Train a registered model, or go on where it stopped; returns the record written beside the weights.

    ``recipe`` replaces the one on the card.
    """
    card = trained_card(name, recipe or recipe_of(name))
    extra = pseudo_labelled(card, choice, options) if card.recipe.unlabelled else []
    task = training_task(card, choice, extra)
    if card.has_metadata:
        return _train_metadata(card, choice, task, options)
    trainer = (AdversarialTrainer if isinstance(task, AdversarialTask) else Trainer)(card, task, options)
    is_fitted = card.recipe.refit or card.recipe.head_epochs
    if not card.recipe.epochs and not is_fitted:
        raise ModelError(
            _("'{name}' would learn nothing in no epochs.").format(name=name),
            _("Give more with --stages, or fit its last layer with --refit."),
        )
    if card.recipe.epochs:  # others keep no state
        trainer.resume()
    if trainer.epoch == 0 and is_fitted:
        trainer.refit()
    while trainer.epoch < card.recipe.epochs and not trainer.is_stale():
        trainer.run_epoch()
    network = trainer.best_network()
    network.load_state_dict(as_kept(network.state_dict(), card.bits))
    settings = asdict(card.recipe) | {"split": choice.scheme, "precision": options.precision}
    if isinstance(task, AdversarialTask):
        settings["content"] = Path(choice.content).name
    record = {
        "input_px": card.input_px,
        "settings": settings,
        "init": origin(options.init),
        "teachers": [origin(path, ("sha256", "settings", "best_epoch")) for path in options.teachers],
        "trained_on": {"device": options.device, "torch": torch.__version__},
        "parameters": sum(tensor.numel() for tensor in network.parameters()),
        "curve": trainer.curve,
        "best_epoch": trainer.best_epoch,
    }
    if card.recipe.unlabelled:
        record["pseudo_labelled"] = len(extra)
    if card.recipe.priors:
        record["prior_share"] = tell_priors(network, trainer.task, card, options)
    if card.task is Task.CLASSIFICATION:
        record |= calibrated(network, trainer.task, card, options, card.recipe.evening)
    save_checkpoint(network, name, options.weights_dir, record)
    return record


def _train_metadata(
    card: ModelCard, choice: DataChoice, task: TrainingTask, options: RunOptions
) -> dict[str, Any]:
    """The same for a classifier that adds metadata to one that is trained: nothing but that is learnt."""
    network, fitted = fit_metadata(card, task, options)
    record = {
        "input_px": fitted["input_px"],
        "settings": {"dataset": card.recipe.dataset, "split": choice.scheme, "share": fitted["share"]},
        "init": origin(options.init),
        "trained_on": {"device": "cpu", "torch": torch.__version__},
        "parameters": sum(tensor.numel() for tensor in network.parameters()),
        "temperature": fitted["temperature"],
    }
    save_checkpoint(network, card.name, options.weights_dir, record)
    return record


def trained_card(name: str, recipe: Recipe) -> ModelCard:
    """The card of a model trained by this recipe: it sees squares of the last stage's side.

    A super-resolution model takes any size.
    """
    card = replace(registry.card(name), recipe=recipe)
    if card.task is Task.SUPER_RESOLUTION:
        return card
    return replace(card, input_px=recipe.stages[-1][1])


def recipe_of(name: str) -> Recipe:
    """The recipe on the card of a model; `ModelError` for one that others trained."""
    card = registry.card(name)
    if card.members:
        raise ModelError(
            _("'{name}' is a committee: its members are trained.").format(name=name),
            _("Form it with: python -m skinapp form {name} --data DIR").format(name=name),
        )
    if card.recipe is None:
        raise ModelError(
            _("The model '{name}' was trained by others.").format(name=name),
            _("Fetch it with: python -m skinapp install {name}").format(name=name),
        )
    return card.recipe


def tell_priors(network: nn.Module, task: ClassificationTask, card: ModelCard, options: RunOptions) -> float:
    """Shift a classifier's last bias in place, see `prior_shift`; returns the share, from validation rows."""
    logits, targets = predict(network, task.val_set(card.input_px), card, options)
    share = prior_share(logits.numpy(), targets.numpy(), task.counts)
    shift_bias(network, prior_shift(task.counts, share))
    return share


def calibrated(
    network: nn.Module,
    task: ClassificationTask,
    card: ModelCard,
    options: RunOptions,
    evening: float = 0.0,
) -> dict[str, Any]:
    """The temperature that fits the validation rows best, see `fit_temperature`, as a part of the record.

    ``evening`` is the share of the class frequencies that is taken out before, in place: out of what the
    network tells once it is calibrated, since to the logits of one that is too sure the same change means
    less. By how much its last bias changed is recorded too.
    """
    logits, targets = (rows.numpy() for rows in predict(network, task.val_set(card.input_px), card, options))
    temperature = fit_temperature(logits, targets)
    if not evening:
        return {"temperature": round(temperature, 4)}
    shift = (temperature * prior_shift(task.counts, -evening)).round(5)
    shift_bias(network, shift.tolist())
    return {
        "evened_by": shift.tolist(),
        "temperature": round(fit_temperature(logits + shift, targets), 4),
    }


def origin(
    path: Path | None, wanted: Sequence[str] = ("settings", "init", "teachers", "averaged", "best_epoch")
) -> dict[str, Any] | None:
    """Where weights come from; with what is ``wanted`` of their record where they are a checkpoint of ours.

    All the way back for initial weights. For teachers that would tell the same over and over.
    """
    if path is None:
        return None
    record = path.with_suffix(".json")
    known = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    return {"file": path.name} | {key: known[key] for key in wanted if key in known}
