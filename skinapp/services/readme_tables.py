"""The README's part on models, made from the cards and the figures beside the weights."""

from pathlib import Path
from typing import Any

from skinapp.labels import BINARY_CODES
from skinapp.models.card import Task
from skinapp.services.attention_effect import attention_effects
from skinapp.services.catalogue import Listing, listings

COLUMNS = {
    Task.SEGMENTATION: {
        "IoU": ("crop", "iou"),
        "Dice": ("crop", "dice"),
        "Jaccard >= 0.65": ("crop", "thresholded_jaccard"),
        "IoU, whole frames": ("whole", "iou"),
    },
    Task.CLASSIFICATION: {
        "Balanced accuracy": ("balanced_accuracy",),
        "Accuracy": ("accuracy",),
        "Melanoma AUC": ("auc", "mel"),
        "Calibration error": ("expected_calibration_error",),
    },
    Task.SUPER_RESOLUTION: {
        "PSNR, clean": ("clean", "enlarger", "psnr"),
        "Bicubic": ("clean", "bicubic", "psnr"),
        "PSNR, degraded": ("degraded", "enlarger", "psnr"),
        "Bicubic, degraded": ("degraded", "bicubic", "psnr"),
        "Feature distance, clean": ("clean", "enlarger", "feature_distance"),
    },
}
TWO_CLASSES = {
    "Sensitivity": ("alarm", "test_sensitivity"),
    "Specificity": ("alarm", "test_specificity"),
    "AUC": ("auc", "malignant"),
    "Calibration error": ("expected_calibration_error",),
}

Columns = dict[str, tuple[str, ...]]
Models = tuple[Listing, ...]


def models_markdown(weights_dir: Path) -> str:
    """One table for each task, in the order of the zoo, and a sentence on each attention pair."""
    tables = [
        "\n".join(_table(models, columns))
        for task, columns in COLUMNS.items()
        for models, columns in _parts(listings(weights_dir, task), columns)
    ]
    sentences = [f"- {effect.sentence}" for effect in attention_effects(weights_dir)]
    return "\n\n".join([*tables, "\n".join(sentences)]).strip()


def _parts(models: Models, columns: Columns) -> list[tuple[Models, Columns]]:
    """Models of two classes have a table of their own: the figures of seven are no measure for them."""
    two = tuple(model for model in models if model.card.labels == BINARY_CODES)
    others = tuple(model for model in models if model not in two)
    return [(others, columns)] + ([(two, TWO_CLASSES)] if two else [])


def _table(models: Models, columns: Columns) -> list[str]:
    head = [_line(["Model", "Architecture", "Parameters", *columns])]
    rule = [_line(["---"] * 2 + ["---:"] * (1 + len(columns)))]
    return head + rule + [_line(_cells(model, columns)) for model in models]


def _cells(model: Listing, columns: Columns) -> list[str]:
    size = f"{model.record['parameters'] / 1e6:.1f} M" if model.installed else "not installed"
    known = model.figures | {"alarm": model.record.get("alarm", {})}
    figures = [_figure(known, keys) for keys in columns.values()]
    return [f"`{model.card.name}`", model.card.architecture, size, *figures]


def _figure(figures: dict[str, Any], keys: tuple[str, ...]) -> str:
    value: Any = figures
    for key in keys:
        value = value.get(key, {})
    return f"{value:.3f}" if isinstance(value, float) else "not measured"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
