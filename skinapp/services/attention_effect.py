"""What spatial attention changes: each attention model beside its baseline on the same test photographs."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skinapp.i18n import format_signed, ngettext
from skinapp.i18n import gettext as _
from skinapp.metrics.paired import (
    PairedDifference,
    better_and_worse,
    holm,
    paired_difference,
    signed_rank_p,
)
from skinapp.models import registry
from skinapp.models.card import ModelCard, Task
from skinapp.services.scoring.measures import Measure, measure
from skinapp.services.scoring.tables import Table, read_table, seed_tables, table_path

FRAME = "crop"


@dataclass(frozen=True)
class AttentionEffect:
    """The difference in one measure, attention minus baseline.

    ``trainings`` are the differences of each training of both by itself, ``p`` is Wilcoxon's signed-rank p
    after Holm's correction for the number of pairs, ``better`` and ``worse`` are shares of photographs.
    """

    baseline: ModelCard
    attention: ModelCard
    measure: Measure
    difference: PairedDifference
    trainings: tuple[PairedDifference, ...]
    p: float
    better: float
    worse: float

    @property
    def sentence(self) -> str:
        """The result in words, which claim nothing that the interval does not show."""
        mean, low, high, n = self.difference
        words = _(
            "Attention changed the {measure} of {title} by {mean} on average (95% interval {low} to {high}, "
            "n = {n}, {trainings}): {verdict}."
        )
        return words.format(
            measure=_(self.measure.name),
            title=self.baseline.title,
            mean=format_signed(mean, 3),
            low=format_signed(low, 3),
            high=format_signed(high, 3),
            n=n,
            trainings=self._trainings(),
            verdict=self._verdict(),
        )

    def _trainings(self) -> str:
        count = len(self.trainings)
        return ngettext("{count} training of each", "{count} trainings of each", count).format(count=count)

    def _verdict(self) -> str:
        if not self.difference.is_shown:
            return _("no difference shown")
        gained = (self.difference.mean > 0) == self.measure.higher_is_better
        return _("an improvement") if gained else _("it made the outlines worse")


def attention_effects(weights_dir: Path, key: str = "iou") -> tuple[AttentionEffect, ...]:
    """One result for each pair whose test photographs were both scored in the measure ``key``.

    Where both models have further trainings of the same seeds (``seeds/``), those are compared, pair by pair;
    else the one training of each that is installed.
    """
    pairs = [
        (registry.card(card.twin), card, scores)
        for card in (registry.card(name) for name in registry.names(Task.SEGMENTATION))
        if card.twin is not None and (scores := _paired_scores(card, weights_dir, key)) is not None
    ]
    corrected = holm([signed_rank_p(*scores) for _baseline, _attention, scores in pairs])
    return tuple(
        _effect(baseline, attention, scores, p, measure(key))
        for (baseline, attention, scores), p in zip(pairs, corrected, strict=True)
    )


def _effect(
    baseline: ModelCard, attention: ModelCard, scores: tuple[np.ndarray, np.ndarray], p: float, of: Measure
) -> AttentionEffect:
    higher, lower = better_and_worse(*scores)
    better, worse = (higher, lower) if of.higher_is_better else (lower, higher)
    each = tuple(paired_difference(before, after) for before, after in zip(*scores, strict=True))
    return AttentionEffect(baseline, attention, of, paired_difference(*scores), each, p, better, worse)


def _paired_scores(card: ModelCard, weights_dir: Path, key: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Values (S, n) of baseline and attention on the photographs that all tables hold; None without any."""
    tables = [
        [_values(table, key) for table in pair] for pair in _trainings(card.twin, card.name, weights_dir)
    ]
    known = [pair for pair in tables if all(pair)]
    if not known:
        return None
    shared = sorted(set.intersection(*(set(values) for pair in known for values in pair)))
    if not shared:
        return None
    before, after = (np.array([[pair[side][image] for image in shared] for pair in known]) for side in (0, 1))
    return before, after


def _trainings(baseline: str, attention: str, weights_dir: Path) -> list[tuple[Table, Table]]:
    """Tables of trainings that belong together: of one seed, or the installed ones."""
    seeds = seed_tables(baseline, weights_dir), seed_tables(attention, weights_dir)
    shared = sorted(seeds[0].keys() & seeds[1].keys())
    if shared:
        return [(seeds[0][seed], seeds[1][seed]) for seed in shared]
    return [tuple(read_table(table_path(name, weights_dir)) for name in (baseline, attention))]


def _values(table: Table, key: str) -> dict[str, float]:
    rows = table.where("frame", FRAME)
    if not rows.has(key):
        return {}
    return dict(zip(rows.words("image_id").tolist(), rows.numbers(key).tolist(), strict=True))
