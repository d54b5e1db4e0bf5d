"""Several trainings of one model made one by averaging their weights ("model soup", arXiv 2203.05482)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.models import registry
from skinapp.models.card import Task
from skinapp.models.held_out import refuse_other_split
from skinapp.models.storage import State, as_kept
from skinapp.models.weights import find_checkpoint, read_verified, save_checkpoint
from skinapp.training.loop import calibrated, origin, recipe_of
from skinapp.training.task import DataChoice, training_task
from skinapp.training.trainer import RunOptions, predict


def average(name: str, files: Sequence[Path], choice: DataChoice, options: RunOptions) -> dict[str, Any]:
    """Write the mean of checkpoints that share a start; returns the record, with its validation score.

    ``files`` are FOLDER/NAME.safetensors with their records, all trained here at one side; else `ModelError`.
    Checkpoints of unrelated trainings have no meaningful mean. Batch-norm statistics are averaged too.
    """
    recipe_of(name)
    checkpoints = [find_checkpoint(path.stem, path.parent) for path in files]
    if {one.name for one in checkpoints} != {name} or len({one.card.input_px for one in checkpoints}) > 1:
        raise ModelError(
            _("These are not all checkpoints of '{name}' trained at one side.").format(name=name),
            _("Name trainings whose last stages have the same side, as FOLDER/NAME.safetensors."),
        )
    for one in checkpoints:
        refuse_other_split(name, one.record)
    card = replace(registry.card(name), input_px=checkpoints[0].card.input_px)
    task = training_task(card, choice)
    network = registry.entry(name).build()
    mean = mean_state([read_verified(one.path, one.sha256) for one in checkpoints])
    network.load_state_dict(as_kept(mean, card.bits))
    network.eval()
    scores = task.score(*predict(network, task.val_set(card.input_px), card, options))
    record = {
        "input_px": card.input_px,
        "averaged": [origin(path) for path in files],
        "settings": {"split": choice.scheme},
        "trained_on": {"device": options.device, "torch": torch.__version__},
        "parameters": sum(tensor.numel() for tensor in network.parameters()),
        f"val_{task.score_name}": round(sum(scores) / len(scores), 5),
    }
    shifts = [np.array(one.record.get("evened_by", 0.0)) for one in checkpoints]
    if any(shift.any() for shift in shifts):
        record["evened_by"] = (sum(shifts) / len(shifts)).round(5).tolist()
    if card.task is Task.CLASSIFICATION:
        record |= calibrated(network, task, card, options)
    save_checkpoint(network, name, options.weights_dir, record)
    return record


def mean_state(states: Sequence[State]) -> State:
    """The mean of each floating-point tensor, in float32; other tensors are the first file's."""
    return {
        key: torch.stack([state[key].float() for state in states]).mean(0)
        if tensor.is_floating_point()
        else tensor
        for key, tensor in states[0].items()
    }
