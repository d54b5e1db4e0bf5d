"""The command line: ``python -m skinapp COMMAND``; ``--help`` lists the commands."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from skinapp.errors import SkinAppError
from skinapp.imaging.cleaning import CLEANING_STEPS
from skinapp.services.analyze import DEFAULT_THRESHOLD
from skinapp.settings import settings

if TYPE_CHECKING:
    from skinapp.models.card import Recipe
    from skinapp.training.task import DataChoice
    from skinapp.training.trainer import RunOptions


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status.

    1 means that some photographs could not be used, 2 that the caller can put a failure right.
    """
    options = _parser().parse_args(arguments)
    import skinapp.models.zoo  # noqa: F401  after parsing, so that --help comes without PyTorch

    try:
        return options.run(options) or 0
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
    print(json.dumps(record["curve"][-1] if "curve" in record else record))


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
    changes = {key: getattr(options, key) for key in _RECIPE_OPTIONS if getattr(options, key) is not None}
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


_RECIPE_OPTIONS = (
    "dataset",
    "loss",
    "stages",
    "batch_size",
    "learning_rate",
    "weight_decay",
    "ema_decay",
    "patience",
    "seed",
    "extra_ham10000",
    "mixing",
    "distillation",
    "hints",
    "frozen",
    "folded",
    "sampling",
    "priors",
    "unlabelled",
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m skinapp", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    train = commands.add_parser("train", help="train a model, or resume its training")
    _add_training(train)
    train.add_argument("--seed", type=int)
    train.set_defaults(run=_train)
    repeat = commands.add_parser("repeat", help="train and score a model once more for each of some seeds")
    _add_training(repeat)
    repeat.add_argument("--seeds", type=int, nargs="+", default=(1, 2, 3))
    repeat.set_defaults(run=_repeat, seed=None)
    study = commands.add_parser("study", help="train and score paper B's grid of samplings and splits")
    _add_training(study)
    study.add_argument("--seed", type=int)
    study.add_argument("--seen", type=int, help="photographs that each run sees")
    study.set_defaults(run=_study)
    average = commands.add_parser("average", help="average the weights of trainings with one start")
    average.add_argument("name", metavar="NAME")
    average.add_argument("files", metavar="FILES", type=Path, nargs="+")
    average.add_argument("--data", type=Path, default=settings().data_dir)
    average.add_argument("--weights", type=Path, default=settings().weights_dir)
    average.set_defaults(run=_average)
    form = commands.add_parser("form", help="make a committee of classifiers that are installed")
    form.add_argument("name", metavar="NAME")
    form.add_argument("--data", type=Path, default=settings().data_dir)
    form.add_argument("--weights", type=Path, default=settings().weights_dir)
    form.set_defaults(run=_form)
    evaluate = commands.add_parser("evaluate", help="score a model on the test rows")
    evaluate.add_argument("name", metavar="NAME")
    evaluate.add_argument("--data", type=Path, default=settings().data_dir)
    evaluate.add_argument("--weights", type=Path, default=settings().weights_dir)
    evaluate.add_argument("--content", help="of super-resolution too: features as for train, or vgg19")
    evaluate.add_argument("--split", choices=("val", "test"), default="test")
    evaluate.set_defaults(run=_evaluate)
    calibrate = commands.add_parser("calibrate", help="fit when a classifier answers, and how surely")
    calibrate.add_argument("name", metavar="NAME")
    calibrate.add_argument("--data", type=Path, default=settings().data_dir)
    calibrate.add_argument("--weights", type=Path, default=settings().weights_dir)
    calibrate.set_defaults(run=_calibrate)
    install = commands.add_parser("install", help="fetch weights of others: swin2sr-x4, lpips, owner/name")
    install.add_argument("name", metavar="NAME")
    install.add_argument("--revision", help="commit on the hub; else that of the last time")
    install.add_argument("--source", help="another name on the hub, or a folder")
    install.set_defaults(run=_install)
    given = commands.add_parser("score-predictions", help="score anyone's masks or class probabilities")
    given.add_argument("predictions", metavar="PREDICTIONS", type=Path, help="zip or folder of masks, or CSV")
    given.add_argument(
        "--truth", type=Path, required=True, help="folder of true masks, or of the true classes"
    )
    given.add_argument("--out", type=Path, help="CSV file for the result of every photograph")
    given.set_defaults(run=_score_predictions)
    predict = commands.add_parser("predict", help="analyze photographs without a screen")
    predict.add_argument("files", metavar="FILES", type=Path, nargs="+")
    predict.add_argument("--out", type=Path, required=True)
    predict.add_argument("--weights", type=Path, default=settings().weights_dir)
    predict.add_argument("--segmenter", help="model that draws the outline")
    predict.add_argument("--classifier", help="model that names the class")
    predict.add_argument("--threshold", type=_share, default=DEFAULT_THRESHOLD)
    predict.add_argument("--clean", nargs="*", choices=tuple(CLEANING_STEPS), default=())
    predict.add_argument("--mirrored", action="store_true", help="class as the mean over mirror images")
    predict.set_defaults(run=_predict)
    quantize = commands.add_parser("quantize", help="find the lightest form of models for the live camera")
    quantize.add_argument("names", metavar="NAMES", nargs="+")
    quantize.add_argument("--data", type=Path, default=settings().data_dir)
    quantize.add_argument("--weights", type=Path, default=settings().weights_dir)
    quantize.set_defaults(run=_quantize)
    models = commands.add_parser("models", help="list the models with their figures, as Markdown")
    models.add_argument("--weights", type=Path, default=settings().weights_dir)
    models.set_defaults(run=_models)
    benchmark = commands.add_parser("benchmark", help="measure speed and memory on this machine")
    benchmark.add_argument("--out", type=Path, help="Markdown file to write the tables to")
    parts = ("analysis", "batches", "enlarging", "comparing", "assistant", "scoring")
    benchmark.add_argument("--only", choices=parts, help="one of the parts")
    benchmark.add_argument("--soak", action="store_true", help="add ten minutes of a camera's stream")
    benchmark.add_argument("--no-browser", action="store_true", help="leave the browser's frame rate out")
    benchmark.set_defaults(run=_benchmark)
    return parser


def _add_training(train: argparse.ArgumentParser) -> None:
    train.add_argument("name", metavar="NAME")
    train.add_argument("--data", type=Path, default=settings().data_dir, help="folder of the datasets")
    train.add_argument("--init", type=Path, help="safetensors to start from, or: imagenet (downloads)")
    train.add_argument(
        "--teachers", type=Path, nargs="+", default=(), help="checkpoints of classifiers to learn from too"
    )
    train.add_argument(
        "--content",
        default="vgg19",
        help="content loss of srgan-x4: vgg19 (downloads), or SqueezeNet's features",
    )
    train.add_argument("--split", choices=("splits.csv", "80/20", "70/15/15"), default="splits.csv")
    train.add_argument("--limit", type=int, help="rows of each split, for trials")
    train.add_argument("--runs", type=Path, default=Path("runs"), help="state for resuming")
    train.add_argument("--weights", type=Path, default=settings().weights_dir)
    train.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    train.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    train.add_argument("--workers", type=int, default=0, help="processes that load data")
    train.add_argument("--threads", type=int, help="threads of the CPU")
    recipe = train.add_argument_group("in place of the recipe on the card")
    recipe.add_argument("--dataset", choices=("task1", "ham10000", "labelme", "hires-clean", "hires-phone"))
    recipe.add_argument("--loss")
    recipe.add_argument("--stages", type=_stages, help="epochs x side in pixels, such as 8x160,2x256")
    recipe.add_argument("--batch-size", type=int)
    recipe.add_argument("--learning-rate", type=float)
    recipe.add_argument("--weight-decay", type=float)
    recipe.add_argument("--ema-decay", type=float)
    recipe.add_argument("--patience", type=int, help="epochs without a better validation score")
    recipe.add_argument("--extra-ham10000", type=int, help="HAM10000 masks mixed into each epoch")
    recipe.add_argument("--mixing", type=float, help="share of batches with photographs mixed in pairs")
    recipe.add_argument("--distillation", type=float, help="share of the teachers in the loss")
    recipe.add_argument("--hints", type=float, help="weight of the first teacher's feature maps in the loss")
    recipe.add_argument("--frozen", type=int, help="first stages of a classifier that stay as they start")
    recipe.add_argument("--folded", action="store_true", default=None, help="batch norm as it starts")
    recipe.add_argument("--sampling", choices=("all", "under", "over"), help="rows of a classifier")
    recipe.add_argument("--priors", action="store_true", default=None, help="put frequencies back afterwards")
    recipe.add_argument(
        "--unlabelled", action="store_true", default=None, help="Task 1 joins, teachers tell the classes"
    )


def _stages(text: str) -> tuple[tuple[int, int], ...]:
    try:
        pairs = [tuple(int(number) for number in stage.split("x")) for stage in text.split(",")]
        return tuple((epochs, side_px) for epochs, side_px in pairs)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected EPOCHSxSIDE, such as 8x160,2x256, got {text!r}") from None


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, got {text!r}")
    return share


if __name__ == "__main__":
    sys.exit(main())
