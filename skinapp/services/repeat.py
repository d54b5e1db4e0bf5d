"""Further trainings of a model that differ in their seed alone: how much of a difference is chance."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from skinapp.models.card import Recipe
from skinapp.models.held_out import refuse_other_split
from skinapp.models.weights import write_atomically
from skinapp.services.scorecard import Engine, Figures, score
from skinapp.services.scoring.tables import seed_path, write_table
from skinapp.training.loop import recipe_of, train
from skinapp.training.task import DataChoice
from skinapp.training.trainer import RunOptions


def repeat(
    name: str,
    seeds: Sequence[int],
    choice: DataChoice,
    options: RunOptions,
    make_engine: Callable[[Path], Engine],
    recipe: Recipe | None = None,
) -> dict[int, Figures]:
    """Train a model once a seed, or go on where that stopped, and score each training on the test rows.

    Tables and records go to ``seeds`` in the weights folder. The weights themselves stay in ``seedN`` of the
    folder of the runs: they are there to be scored, not to be used.
    """
    recipe = recipe or recipe_of(name)
    refuse_other_split(name, {"settings": {"dataset": recipe.dataset, "split": choice.scheme}})
    return {
        seed: _repeat_once(name, choice, options, make_engine, replace(recipe, seed=seed)) for seed in seeds
    }


def _repeat_once(
    name: str,
    choice: DataChoice,
    options: RunOptions,
    make_engine: Callable[[Path], Engine],
    recipe: Recipe,
) -> Figures:
    folder = options.run_dir / f"seed{recipe.seed}"
    record = train(name, choice, replace(options, run_dir=folder, weights_dir=folder), recipe)
    rows, figures = score(name, choice.data_dir, make_engine(folder), "test")
    table = seed_path(name, recipe.seed, options.weights_dir)
    write_table(table, rows)
    text = json.dumps({"name": name} | record | {"figures": figures}, indent=1) + "\n"
    write_atomically(table.with_name(f"{name}.seed{recipe.seed}.json"), text.encode())
    return figures
