"""What every command of the command line can be told."""

import argparse
from pathlib import Path

from skinapp.imaging.cleaning import CLEANING_STEPS
from skinapp.services.analyze import DEFAULT_THRESHOLD
from skinapp.settings import settings

RECIPE_OPTIONS = (
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
    "evening",
    "refit",
    "head_epochs",
    "unlabelled",
)


def parser(description: str) -> argparse.ArgumentParser:
    """The parser of all commands; ``command`` is the name of the one that was given."""
    whole = argparse.ArgumentParser(prog="python -m skinapp", description=description)
    commands = whole.add_subparsers(required=True, metavar="COMMAND", dest="command")
    name, data, weights = _name(), _data(), _weights()

    train = commands.add_parser(
        "train", parents=[name, data, weights], help="train a model, or resume its training"
    )
    _add_training(train)
    train.add_argument("--seed", type=int)

    words = "train and score a model once more for each of some seeds"
    repeat = commands.add_parser("repeat", parents=[name, data, weights], help=words)
    _add_training(repeat)
    repeat.add_argument("--seeds", type=int, nargs="+", default=(1, 2, 3))
    repeat.set_defaults(seed=None)

    words = "train and score paper B's grid of samplings and splits"
    study = commands.add_parser("study", parents=[name, data, weights], help=words)
    _add_training(study)
    study.add_argument("--seed", type=int)
    study.add_argument("--seen", type=int, help="photographs that each run sees")

    words = "average the weights of trainings with one start"
    average = commands.add_parser("average", parents=[name, data, weights], help=words)
    average.add_argument("files", metavar="FILES", type=Path, nargs="+")

    words = "make a committee of classifiers that are installed"
    commands.add_parser("form", parents=[name, data, weights], help=words)

    evaluate = commands.add_parser(
        "evaluate", parents=[name, data, weights], help="score a model on the test rows"
    )
    evaluate.add_argument("--content", help="of super-resolution too: features as for train, or vgg19")
    evaluate.add_argument("--split", choices=("val", "test"), default="test")

    words = "fit when a classifier answers, and how surely"
    commands.add_parser("calibrate", parents=[name, data, weights], help=words)

    words = "fetch weights of others: swin2sr-x4, lpips, owner/name"
    install = commands.add_parser("install", parents=[name], help=words)
    install.add_argument("--revision", help="commit on the hub; else that of the last time")
    install.add_argument("--source", help="another name on the hub, or a folder")

    words = "score anyone's masks or class probabilities"
    given = commands.add_parser("score-predictions", help=words)
    given.add_argument("predictions", metavar="PREDICTIONS", type=Path, help="zip or folder of masks, or CSV")
    words = "folder of true masks, or of the true classes"
    given.add_argument("--truth", type=Path, required=True, help=words)
    given.add_argument("--out", type=Path, help="CSV file for the result of every photograph")

    predict = commands.add_parser("predict", parents=[weights], help="analyze photographs without a screen")
    predict.add_argument("files", metavar="FILES", type=Path, nargs="+")
    predict.add_argument("--out", type=Path, required=True)
    predict.add_argument("--segmenter", help="model that draws the outline")
    predict.add_argument("--classifier", help="model that names the class")
    predict.add_argument("--threshold", type=_share, default=DEFAULT_THRESHOLD)
    predict.add_argument("--clean", nargs="*", choices=tuple(CLEANING_STEPS), default=())
    predict.add_argument("--mirrored", action="store_true", help="class as the mean over mirror images")

    words = "write a model as a graph that OpenVINO reads"
    export = commands.add_parser("export", parents=[name, weights], help=words)
    export.add_argument("--out", type=Path, required=True)

    words = "find the lightest form of models for the live camera"
    quantize = commands.add_parser("quantize", parents=[data, weights], help=words)
    quantize.add_argument("names", metavar="NAMES", nargs="+")

    words = "list the models with their figures, as Markdown"
    commands.add_parser("models", parents=[weights], help=words)

    benchmark = commands.add_parser("benchmark", help="measure speed and memory on this machine")
    benchmark.add_argument("--out", type=Path, help="Markdown file to write the tables to")
    parts = ("analysis", "batches", "enlarging", "comparing", "assistant", "scoring")
    benchmark.add_argument("--only", choices=parts, help="one of the parts")
    benchmark.add_argument("--soak", action="store_true", help="add ten minutes of a camera's stream")
    benchmark.add_argument("--no-browser", action="store_true", help="leave the browser's frame rate out")
    return whole


def _name() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("name", metavar="NAME")
    return shared


def _data() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", type=Path, default=settings().data_dir, help="folder of the datasets")
    return shared


def _weights() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--weights", type=Path, default=settings().weights_dir, help="folder of the weights")
    return shared


def _add_training(train: argparse.ArgumentParser) -> None:
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
    words = "share of the classes' frequencies that is taken out afterwards"
    recipe.add_argument("--evening", type=_share, help=words)
    words = "fit the last layer first, with this penalty on its squared weights, such as 0.01"
    recipe.add_argument("--refit", type=float, help=words)
    words = "passes in which all that follows the trunk learns first"
    recipe.add_argument("--head-epochs", type=int, help=words)
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
