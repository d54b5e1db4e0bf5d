"""The models as a table: cards, installed weights and measured figures side by side."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skinapp.models import registry
from skinapp.models.card import ModelCard, Task
from skinapp.models.weights import find_checkpoint, is_installed


@dataclass(frozen=True)
class CatalogueRow:
    """One model: its card and, where its weights are installed, the record beside them (else empty)."""

    card: ModelCard
    record: dict[str, Any]

    @property
    def is_installed(self) -> bool:
        return bool(self.record)

    def figure(self, *keys: str) -> float | None:
        """A figure of the test rows, such as ``figure("crop", "iou")``; None where it was not measured."""
        value: Any = self.record.get("figures", {})
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value


def catalogue(weights_dir: Path, task: Task | None = None) -> list[CatalogueRow]:
    """All models of the zoo, or those of one task."""
    return [
        CatalogueRow(
            registry.card(name),
            find_checkpoint(name, weights_dir).record if is_installed(name, weights_dir) else {},
        )
        for name in registry.names(task)
    ]


SEGMENTATION_COLUMNS = {
    "IoU": ("crop", "iou"),
    "Dice": ("crop", "dice"),
    "Jaccard >= 0.65": ("crop", "thresholded_jaccard"),
    "IoU, whole frames": ("whole", "iou"),
}
CLASSIFICATION_COLUMNS = {
    "balanced accuracy": ("balanced_accuracy",),
    "accuracy": ("accuracy",),
    "melanoma AUC": ("auc", "mel"),
    "calibration error": ("expected_calibration_error",),
}


def markdown_tables(weights_dir: Path) -> str:
    """The README's two tables, of segmentation and of classification models."""
    return "\n".join(
        [
            *_table(catalogue(weights_dir, Task.SEGMENTATION), SEGMENTATION_COLUMNS),
            "",
            *_table(catalogue(weights_dir, Task.CLASSIFICATION), CLASSIFICATION_COLUMNS),
        ]
    )


def _table(rows: list[CatalogueRow], columns: dict[str, tuple[str, ...]]) -> list[str]:
    head = ["Model", "Architecture", "Parameters", *columns]
    lines = [_line(head), _line(["---"] * 3 + ["---:"] * len(columns))]
    for row in rows:
        size = f"{row.record['parameters'] / 1e6:.1f} M" if row.is_installed else "not installed"
        figures = [_two_or_three(row.figure(*keys)) for keys in columns.values()]
        lines.append(_line([f"`{row.card.name}`", row.card.architecture, size, *figures]))
    return lines


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _two_or_three(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3f}"
