"""Splits: read as published, or drawn so that a lesion never crosses."""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from skinapp.errors import DataError
from skinapp.i18n import gettext as _

SPLITS = ("train", "val", "test")
SHARES = {"80/20": (0.8, 0.2, 0.0), "70/15/15": (0.7, 0.15, 0.15)}
STUDY_RATIOS = ("80:20", "70:30", "40:60")  # paper B; a tenth of the training part chooses the epoch
STUDY_SHARES = {"80:20": (0.72, 0.08, 0.2), "70:30": (0.63, 0.07, 0.3), "40:60": (0.36, 0.04, 0.6)}


def read_splits(path: Path) -> dict[str, str]:
    """``image_id -> split`` of a ``splits.csv`` with the columns image_id and split."""
    if not path.is_file():
        raise DataError(
            _("The split file '{path}' does not exist.").format(path=path),
            _("Give the folder that holds splits.csv, or ask for a drawn split such as 70/15/15."),
        )
    with path.open(newline="", encoding="utf-8") as file:
        rows = {row["image_id"]: row["split"] for row in csv.DictReader(file)}
    unknown = sorted(set(rows.values()) - set(SPLITS))
    if unknown:
        raise DataError(
            _("'{path}' names the unknown split '{split}'.").format(path=path, split=unknown[0]),
            _("Splits are train, val and test."),
        )
    return rows


def draw_splits(
    groups: Mapping[str, str],
    shares: Sequence[float],
    strata: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Split keys so that all keys of one group fall on the same side.

    ``groups`` maps each key to its group (lesion), ``shares`` are the shares of train, val and test,
    ``strata`` maps keys to a class that is split by itself. Groups are taken in order of the SHA-256 of
    their name, until a side holds its share of the stratum's keys; the draw needs no random numbers and
    is the same everywhere.

    >>> draw_splits({"p1": "p", "p2": "p", "q": "q"}, (0.5, 0.0, 0.5))
    {'p1': 'train', 'p2': 'train', 'q': 'test'}
    """
    if len(shares) != 3 or abs(sum(shares) - 1) > 1e-9:
        raise ValueError(f"shares must be three numbers that sum to 1, got {tuple(shares)}")
    members: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, group in groups.items():
        members[strata[key] if strata else ""][group].append(key)
    split: dict[str, str] = {}
    for stratum in members.values():
        split |= _fill_sides(stratum, shares)
    return split


def _fill_sides(stratum: Mapping[str, list[str]], shares: Sequence[float]) -> dict[str, str]:
    total = sum(len(keys) for keys in stratum.values())
    ends = [shares[0] * total, (shares[0] + shares[1]) * total]
    placed, split = 0, {}
    for group in sorted(stratum, key=lambda name: hashlib.sha256(name.encode()).hexdigest()):
        side = SPLITS[sum(placed >= end - 1e-9 for end in ends)]
        split |= dict.fromkeys(stratum[group], side)
        placed += len(stratum[group])
    return split
