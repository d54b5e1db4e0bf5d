"""The command line: ``python -m skinapp COMMAND``; ``--help`` lists the commands."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from skinapp.errors import SkinAppError
from skinapp.options import RECIPE_OPTIONS, parser
from skinapp.settings import settings

if TYPE_CHECKING:
    from skinapp.models.card import Recipe
    from skinapp.training.task import DataChoice
    from skinapp.training.trainer import RunOptions


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status.

    1 means that some photographs could not be used, 2 that the caller can put a failure right.
    """
    options = parser(__doc__.splitlines()[0]).parse_args(arguments)
    import skinapp.models.zoo  # noqa: F401  after parsing, so that --help comes without PyTorch

    try:
        return _COMMANDS[options.command](options) or 0
    except SkinAppError as error:
        print(f"{error.message}\n{error.hint}", file=sys.stderr)
        return 2


def _form(options: argparse.Namespace) -> None:
    from skinapp.engine.choice import choose_engine
    from skinapp.services.committee import form

    engine = choose_engine(options.weights)
    print(json.dumps(form(options.name, options.data, options.weights, engine), indent=1))


def _train(options: argparse.Namespace) -> None:
    from skinapp.training.loop import train

    choice, run_options, recipe = _training(options)
    record = train(options.name, choice, run_options, recipe)
    print(json.dumps(record["curve"][-1] if record.get("curve") else record))


def _repeat(options: argparse.Namespace) -> None:
    from skinapp.engine.choice import choose_engine
    from skinapp.services.repeat import repeat

    choice, run_options, recipe = _training(options)
    figures = repeat(options.name, options.seeds, choice, run_options, choose_engine, recipe)
    print(json.dumps(figures, indent=1))


def _study(options: argparse.Namespace) -> None:
    from skinapp.engine.choice import choose_engine
    from skinapp.services.sampling_study import SEEN, study

    choice, run_options, recipe = _training(options)
    for row in study(options.name, choice, run_options, choose_engine, recipe, options.seen or SEEN):
        print(json.dumps(row), flush=True)


def _training(options: argparse.Namespace) -> "tuple[DataChoice, RunOptions, Recipe]":
    """What the options of a training say: on which data, how on this machine, and by which recipe."""
    import torch

    from skinapp.engine.device import choose_placement
    from skinapp.training.loop import recipe_of
    from skinapp.training.task import DataChoice
    from skinapp.training.trainer import RunOptions

    if options.threads:
        torch.set_num_threads(options.threads)
    changes = {key: getattr(options, key) for key in RECIPE_OPTIONS if getattr(options, key) is not None}
    run_options = RunOptions(
        run_dir=options.runs,
        weights_dir=options.weights,
        init=options.init,
        teachers=tuple(options.teachers),
        device=choose_placement(options.device).device.type,
        precision=options.precision,
        workers=options.workers,
    )
    choice = DataChoice(options.data, options.split, options.limit, options.content)
    return choice, run_options, replace(recipe_of(options.name), **changes)


def _average(options: argparse.Namespace) -> None:
    from skinapp.training.averaging import average
    from skinapp.training.task import DataChoice
    from skinapp.training.trainer import RunOptions

    run_options = RunOptions(run_dir=options.weights, weights_dir=options.weights)
    print(json.dumps(average(options.name, options.files, DataChoice(options.data), run_options), indent=1))


def _evaluate(options: argparse.Namespace) -> None:
    from skinapp.engine.choice import choose_engine
    from skinapp.models.lpips import installed_lpips
    from skinapp.services.scorecard import evaluate
    from skinapp.training.content import content_distance

    distances = {"lpips": installed_lpips(settings().fetched_dir)}
    if options.content:
        distances["feature_distance"] = content_distance(options.content)
    figures = evaluate(
        options.name,
        options.data,
        options.weights,
        choose_engine(options.weights),
        options.split,
        {metric: distance.between for metric, distance in distances.items() if distance},
    )
    print(json.dumps(figures, indent=1))


def _calibrate(options: argparse.Namespace) -> None:
    from skinapp.engine.choice import choose_engine
    from skinapp.services.calibrate import calibrate

    engine = choose_engine(options.weights)
    print(json.dumps(calibrate(options.name, options.data, options.weights, engine), indent=1))


def _install(options: argparse.Namespace) -> None:
    from skinapp.models import registry
    from skinapp.models.fetching import fetch
    from skinapp.models.hub_classifier import PREFIX, add_classifier
    from skinapp.models.lpips import install_lpips

    if options.name == "lpips":
        print(install_lpips(settings().fetched_dir))
    elif "/" in options.name or options.name.startswith(PREFIX):
        repo = options.name if "/" in options.name else registry.card(options.name).hub.repo
        checkpoint = add_classifier(repo, settings().fetched_dir, options.revision, options.source)
        print(json.dumps({key: checkpoint.record[key] for key in ("name", "sha256", "hub")}, indent=1))
    else:
        checkpoint = fetch(options.name, settings().fetched_dir, options.source, options.revision)
        print(json.dumps(checkpoint.record, indent=1))


def _score_predictions(options: argparse.Namespace) -> int:
    from skinapp.services.scoring.predictions import score_paths
    from skinapp.services.scoring.tables import write_table

    submission = score_paths(options.predictions, options.truth)
    for problem in submission.problems:
        print(f"{problem.name}: {problem.words}", file=sys.stderr)
    if options.out:
        write_table(options.out, submission.table.rows)
    figures = {key: known._asdict() for key, known in submission.intervals.items()}
    summary = {"scored": len(submission.table), "expected": submission.expected, "figures": figures}
    print(json.dumps(summary, indent=1))
    return 1 if submission.problems else 0


def _predict(options: argparse.Namespace) -> int:
    from skinapp.engine.choice import choose_engine
    from skinapp.services.caution import load_bounds, load_gate
    from skinapp.services.predict import installed_choices, predict_files

    choices = installed_choices(options.weights, options.segmenter, options.classifier)
    looks = {"cleaning": tuple(options.clean), "mirrored": options.mirrored}
    choices = replace(choices, threshold=options.threshold, **looks)
    bounds, gate = load_bounds(choices.classifier, options.weights), load_gate(options.weights)
    failed = predict_files(options.files, options.out, choices, choose_engine(options.weights), bounds, gate)
    return 1 if failed else 0


def _export(options: argparse.Namespace) -> None:
    from skinapp.services.export import export

    print(json.dumps(export(options.name, options.weights, options.out), indent=1))


def _quantize(options: argparse.Namespace) -> None:
    from skinapp.services.lighter import lighten

    for name in options.names:
        print(json.dumps(lighten(name, options.data, options.weights), indent=1))


def _models(options: argparse.Namespace) -> None:
    from skinapp.services.readme_tables import models_markdown

    print(models_markdown(options.weights))


def _benchmark(options: argparse.Namespace) -> None:
    from skinapp import benchmark

    if options.only in (None, "analysis"):
        results = benchmark.run(options.out, with_browser=not options.no_browser, with_soak=options.soak)
        print(benchmark.as_markdown(results))
    if options.only in (None, "batches"):
        print(benchmark.batches_as_markdown(benchmark.run_batches(options.out)))
    if options.only in (None, "enlarging"):
        print(benchmark.enlarging_as_markdown(benchmark.run_enlarging(options.out)))
    if options.only in (None, "comparing"):
        print(benchmark.comparing_as_markdown(benchmark.run_comparing(options.out)))
    if options.only in (None, "assistant"):
        print(benchmark.chat_as_markdown(benchmark.run_chat(options.out)))
    if options.only in (None, "scoring"):
        print(benchmark.scoring_as_markdown(benchmark.run_scoring(options.out)))


_COMMANDS = {
    "train": _train,
    "repeat": _repeat,
    "study": _study,
    "average": _average,
    "form": _form,
    "evaluate": _evaluate,
    "calibrate": _calibrate,
    "install": _install,
    "score-predictions": _score_predictions,
    "predict": _predict,
    "export": _export,
    "quantize": _quantize,
    "models": _models,
    "benchmark": _benchmark,
}


if __name__ == "__main__":
    sys.exit(main())
