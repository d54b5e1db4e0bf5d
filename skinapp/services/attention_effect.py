"""What spatial attention changes: each attention model beside its baseline on the same test photographs."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skinapp.i18n import format_number
from skinapp.i18n import gettext as _
from skinapp.metrics.paired import PairedDifference, paired_difference
from skinapp.models import registry
from skinapp.models.card import ModelCard, Task


@dataclass(frozen=True)
class AttentionEffect:
    """The difference in IoU, attention minus baseline."""

    baseline: ModelCard
    attention: ModelCard
    difference: PairedDifference

    @property
    def sentence(self) -> str:
        """The result in words, which claim nothing that the interval does not show."""
        mean, low, high, n = self.difference
        words = _(
            "Attention changed the IoU of {title} by {mean} on average "
            "(95 % interval {low} to {high}, n = {n}): {verdict}."
        )
        return words.format(
            title=self.baseline.title,
            mean=_signed(mean),
            low=_signed(low),
            high=_signed(high),
            n=n,
            verdict=self._verdict(),
        )

    def _verdict(self) -> str:
        if not self.difference.is_shown:
            return _("no difference shown")
        return _("an improvement") if self.difference.mean > 0 else _("it made the outlines worse")


def attention_effects(weights_dir: Path) -> tuple[AttentionEffect, ...]:
    """One result for each pair whose test photographs were both scored. One training each: see the README."""
    cards = [registry.card(name) for name in registry.names(Task.SEGMENTATION)]
    effects = []
    for attention in cards:
        if attention.twin is None:
            continue
        scores = [_ious(weights_dir / f"{name}.test.csv") for name in (attention.twin, attention.name)]
        if all(scores):
            keys = sorted(scores[0].keys() & scores[1].keys())
            before, after = (np.array([score[key] for key in keys]) for score in scores)
            baseline = registry.card(attention.twin)
            effects.append(AttentionEffect(baseline, attention, paired_difference(before, after)))
    return tuple(effects)


def _ious(path: Path) -> dict[str, float]:
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row["image_id"]: float(row["iou"]) for row in csv.DictReader(file) if row["frame"] == "crop"}


def _signed(value: float) -> str:
    return ("+" if value >= 0 else "−") + format_number(abs(value), 3)
