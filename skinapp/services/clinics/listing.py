"""The clinics of a listing, to and from CSV."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.services.clinics.clinic import COLUMNS, Clinic, clinic_of

EXAMPLES = Path(__file__).with_name("examples.csv")
_SHOWN = 5  # problems at a time


def checked(rows: Iterable[Mapping[str, Any]], first: int = 1) -> list[Clinic]:
    """The clinics of all rows; one `SkinAppError` tells of all wrong rows, counted from ``first``."""
    clinics: dict[str, Clinic] = {}
    problems = []
    for number, row in enumerate(rows, first):
        try:
            clinic = clinic_of(row)
            _check_new(clinic, clinics)
            clinics[clinic.code] = clinic
        except SkinAppError as error:
            problems.append(_("Row {number}: {words}").format(number=number, words=error))
    if problems:
        more = len(problems) - _SHOWN
        tail = [_("And {count} more.").format(count=more)] if more > 0 else []
        raise SkinAppError(
            " ".join([*problems[:_SHOWN], *tail]),
            _("Nothing was saved. Put these rows right and save again."),
        )
    return list(clinics.values())


def read_listing(data: bytes) -> list[Clinic]:
    """The clinics of a CSV file in UTF-8, whose first line names the columns; with commas or semicolons."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SkinAppError(
            _("This file is no text in UTF-8."), _("Save the table as “CSV UTF-8” and try again.")
        ) from None
    lines = io.StringIO(text, newline=None)
    delimiter = ";" if ";" in lines.readline() else ","
    lines.seek(0)
    try:
        table = csv.DictReader(lines, delimiter=delimiter)
        names, rows = table.fieldnames or (), list(table)
    except csv.Error:
        raise SkinAppError(
            _("This file is no table that can be read."),
            _("Download the listing to see how such a table is written."),
        ) from None
    missing = set(COLUMNS[1:]) - set(names)
    if missing:
        raise SkinAppError(
            _("The first line lacks: {columns}.").format(columns=", ".join(sorted(missing))),
            _("Download the listing to see how its columns are called."),
        )
    return checked(rows, first=2)


def write_listing(clinics: Iterable[Clinic]) -> bytes:
    """The CSV file that `read_listing` reads."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(asdict(clinic) for clinic in clinics)
    return text.getvalue().encode("utf-8")


def example_clinics() -> list[Clinic]:
    """Clinics that were made up, with telephone numbers that ring nowhere."""
    return read_listing(EXAMPLES.read_bytes())


def _check_new(clinic: Clinic, others: Mapping[str, Clinic]) -> None:
    if clinic.code in others:
        raise SkinAppError(
            _("'{code}' stands in the listing twice.").format(code=clinic.code),
            _("Give each clinic a code of its own."),
        )
