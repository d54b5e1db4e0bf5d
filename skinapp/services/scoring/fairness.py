"""How a classifier does on smartphone photographs of lighter and darker skin (PAD-UFES-20)."""

from dataclasses import dataclass

import numpy as np

from skinapp.i18n import format_signed, marked
from skinapp.i18n import gettext as _
from skinapp.metrics.bootstrap import Interval, bootstrap_intervals
from skinapp.services.scoring.classes import suspicion, suspicion_figures
from skinapp.services.scoring.tables import Table

RESAMPLES = 1000
GROUPS = (
    (marked("Types I and II"), ("1", "2")),
    (marked("Type III"), ("3",)),
    (marked("Types IV to VI"), ("4", "5", "6")),
    (marked("not recorded"), ("",)),
)
LIGHT, MIDDLE, DARK = 0, 1, 2  # of `GROUPS`


@dataclass(frozen=True)
class SkinGroup:
    """One group of Fitzpatrick types. Suspicious is malignant or pre-malignant.

    ``auc``, ``sensitivity`` and ``specificity`` (at `SUSPICIOUS_FROM`) tell suspicious from benign lesions;
    patients are drawn as a whole. NaN where a group holds one kind alone.
    """

    name: str
    n: int
    patients: int
    suspicious: int
    auc: Interval
    sensitivity: Interval
    specificity: Interval


def skin_groups(table: Table) -> tuple[SkinGroup, ...]:
    """The groups that hold any photograph."""
    parts = [
        (name, table.only(lambda row, types=types: row["fitzpatrick"] in types)) for name, types in GROUPS
    ]
    return tuple(_group(name, part) for name, part in parts if len(part))


def auc_gap(table: Table) -> Interval | None:
    """AUC of type III minus that of types I and II; None where either holds one kind of lesion alone."""
    chosen = table.only(lambda row: row["fitzpatrick"] in (*GROUPS[LIGHT][1], *GROUPS[MIDDLE][1]))
    if not len(chosen):
        return None
    scores, positives, patients = _cases(chosen)
    is_middle = chosen.words("fitzpatrick") == "3"

    def gap(cases: np.ndarray) -> np.ndarray:
        parts = cases[~is_middle[cases]], cases[is_middle[cases]]
        light, middle = (suspicion_figures(scores[part], positives[part])[:1] for part in parts)
        return middle - light

    (interval,) = bootstrap_intervals(gap, len(chosen), patients, RESAMPLES)
    return None if np.isnan(interval.value) else interval


def fairness_sentences(table: Table) -> tuple[str, ...]:
    """What the counts and intervals say, and what so few cases of types IV to VI cannot show."""
    dark = next((group for group in skin_groups(table) if group.name == GROUPS[DARK][0]), None)
    sentences = []
    gap = auc_gap(table)
    if gap is not None:
        shown = gap.low > 0 or gap.high < 0
        words = _(
            "Between types I–II and type III the AUC differs by {gap} "
            "(95% interval {low} to {high}): {verdict}."
        )
        sentences.append(
            words.format(
                gap=format_signed(gap.value),
                low=format_signed(gap.low),
                high=format_signed(gap.high),
                verdict=_("a difference") if shown else _("no difference shown"),
            )
        )
    if dark is not None:
        words = _(
            "Of types IV to VI there are {n} photographs of {patients} patients, {suspicious} of them "
            "suspicious. So few cannot show whether it works on dark skin as it does on light skin."
        )
        sentences.append(words.format(n=dark.n, patients=dark.patients, suspicious=dark.suspicious))
    return tuple(sentences)


def _group(name: str, part: Table) -> SkinGroup:
    scores, positives, patients = _cases(part)
    intervals = bootstrap_intervals(
        lambda cases: suspicion_figures(scores[cases], positives[cases]), len(part), patients, RESAMPLES
    )
    return SkinGroup(name, len(part), np.unique(patients).size, int(positives.sum()), *intervals)


def _cases(part: Table) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probability of a suspicious class, whether the lesion is one, and the patient, (N,) each."""
    return *suspicion(part), part.words("patient_id")
