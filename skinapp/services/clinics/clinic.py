"""A clinic as it is listed, checked field by field."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from opening_hours import InvalidCoordinatesError, OpeningHours, ParserError

from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _

APPOINTMENT_MIN = 20
UTC = ZoneInfo("UTC")
_LONGEST = 200
_WORDS = ("code", "name", "street", "town", "country", "languages", "offers", "hours")
_FORMULA = ("=", "+", "-", "@")
_NEEDED = ("name", "town")
_PHONE = re.compile(r"\+?[\d ()/.-]{5,30}")
_WEBSITE = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Clinic:
    """A clinic for skin; ``hours`` is when it sees visitors, as OpenStreetMap writes ``opening_hours``.

    Where ``hours`` is empty or ``appointment_min`` is 0, nobody can ask for an appointment here. ``latitude``
    and ``longitude`` in degrees tell its time zone and its public holidays too (``PH off``). ``code`` names
    it among the others. ``languages`` and ``offers`` are words with commas between them.
    """

    code: str
    name: str
    street: str
    town: str
    country: str
    latitude: float
    longitude: float
    phone: str
    website: str
    languages: str
    offers: str
    hours: str
    appointment_min: int

    @property
    def address(self) -> str:
        """Street, town and country, as far as they are known."""
        return ", ".join(part for part in (self.street, self.town, self.country) if part)

    @property
    def place(self) -> tuple[float, float]:
        """Latitude and longitude in degrees."""
        return self.latitude, self.longitude

    @property
    def takes_requests(self) -> bool:
        """Whether visitors can ask for an appointment here."""
        return bool(self.hours and self.appointment_min)

    @property
    def times(self) -> OpeningHours:
        """When it is open, in the time of the place; never, where that is not known."""
        return OpeningHours(self.hours or "off", coords=self.place)

    def local(self, moment: datetime) -> datetime:
        """A moment in the time of the place."""
        start = moment.astimezone(UTC)
        (begins, *_rest), *_more = self.times.intervals(start, start + timedelta(minutes=1))
        return start.astimezone(begins.tzinfo)


COLUMNS = tuple(field.name for field in fields(Clinic))


def clinic_of(row: Mapping[str, Any]) -> Clinic:
    """The clinic that a row of a table describes; `SkinAppError` names the column that is wrong.

    Columns that the row lacks are empty. An empty code is made of name and town.
    """
    text = {column: _text(row.get(column)) for column in COLUMNS}
    for column in _NEEDED:
        if not text[column]:
            raise SkinAppError(
                _("The column '{column}' is empty.").format(column=column),
                _("Give every clinic at least a name, a town, its latitude and its longitude."),
            )
    latitude, longitude = _degrees(text["latitude"], 90), _degrees(text["longitude"], 180)
    _check_words(text)
    clinic = Clinic(
        **text
        | {
            "code": text["code"] or _code(f"{text['name']} {text['town']}"),
            "latitude": latitude,
            "longitude": longitude,
            "appointment_min": _minutes(text["appointment_min"]),
        }
    )
    _check_hours(clinic)
    return clinic


def _text(value: Any) -> str:
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    return "" if missing else " ".join(str(value).split())


def _code(words: str) -> str:
    return re.sub(r"\W+", "-", words.casefold()).strip("-")


def _degrees(text: str, most: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= most:
        raise SkinAppError(
            _("'{text}' is no latitude or longitude.").format(text=text),
            _("Write degrees with a point, from -{most} to {most}, such as 48.21.").format(most=most),
        )
    return value


def _minutes(text: str) -> int:
    try:
        value = float(text or APPOINTMENT_MIN)
    except ValueError:
        value = math.nan
    if value != 0 and not (5 <= value <= 240 and value.is_integer()):
        raise SkinAppError(
            _("An appointment cannot take '{text}' minutes.").format(text=text),
            _("Write whole minutes from 5 to 240, or 0 for a clinic that takes no requests."),
        )
    return int(value)


def _check_words(text: Mapping[str, str]) -> None:
    for column, words in text.items():
        if column in _WORDS and words.startswith(_FORMULA):
            raise SkinAppError(
                _("'{text}' begins as a formula does.").format(text=words),
                _("Leave the first sign out: spreadsheets would compute it."),
            )
        if len(words) > _LONGEST:
            raise SkinAppError(
                _("The column '{column}' holds {count} characters.").format(column=column, count=len(words)),
                _("Write at most {count}.").format(count=_LONGEST),
            )
    if not text["phone"] and not text["website"]:
        raise SkinAppError(
            _("Neither telephone number nor website is given."), _("Visitors need one of them.")
        )
    if text["phone"] and not _PHONE.fullmatch(text["phone"]):
        raise SkinAppError(
            _("'{text}' is no telephone number.").format(text=text["phone"]),
            _("Write digits, with the country's code in front, such as +43 1 234 567."),
        )
    if text["website"] and not _WEBSITE.fullmatch(text["website"]):
        raise SkinAppError(
            _("'{text}' is no address of a website.").format(text=text["website"]),
            _("Begin with https://, or leave it empty."),
        )


def _check_hours(clinic: Clinic) -> None:
    try:
        _opening = clinic.times
    except (ParserError, InvalidCoordinatesError):
        raise SkinAppError(
            _("The hours '{text}' cannot be read.").format(text=clinic.hours),
            _("Write them as OpenStreetMap does, such as: Mo-Fr 09:00-12:00,14:00-17:00; PH off"),
        ) from None
