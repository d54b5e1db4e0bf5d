"""Clinics around a place as OpenStreetMap knows them, by its Overpass API."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any
from urllib.parse import urlencode

from babel import Locale

from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.i18n import marked
from skinapp.services.clinics.clinic import Clinic, clinic_of
from skinapp.services.web import fetched, unexpected

ADDRESS = "https://overpass-api.de/api/interpreter"
COPYRIGHT = marked("© OpenStreetMap contributors, licence ODbL 1.0")
MOST, MAX_BYTES, TIMEOUT_S = 100, 4 * 1024 * 1024, 30
_PREFIX = "osm-"
_QUERY = (
    "[out:json][timeout:{timeout}];"
    "nwr(around:{metres},{latitude:.4f},{longitude:.4f})"
    '["healthcare:speciality"~"(^|;) *dermatology *(;|$)"];'
    "out center tags {most};"
)


@dataclass(frozen=True)
class Found:
    """What the map knows: clinics, none of which takes requests, and how many lacked a name or more."""

    clinics: tuple[Clinic, ...]
    left_out: int


def is_from_map(clinic: Clinic) -> bool:
    """Whether a clinic came from OpenStreetMap, whose contributors are then named."""
    return clinic.code.startswith(_PREFIX)


def look_up(latitude: float, longitude: float, radius_km: float, address: str = ADDRESS) -> Found:
    """Dermatologists within a radius of a place in degrees, at most `MOST`; asks the server ``address``.

    `SkinAppError` where it cannot be reached or answers something else.
    """
    query = _QUERY.format(
        timeout=TIMEOUT_S, metres=round(radius_km * 1000), latitude=latitude, longitude=longitude, most=MOST
    )
    data = fetched(f"{address}?{urlencode({'data': query})}", MAX_BYTES, TIMEOUT_S, *_server())
    try:
        rows = [_row(element) for element in json.loads(data)["elements"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise unexpected(*_server()) from None
    clinics = tuple(clinic for clinic in map(_clinic, rows) if clinic)
    return Found(clinics, len(rows) - len(clinics))


def _server() -> tuple[str, str]:
    return "OpenStreetMap", _("bring a CSV file")


def _row(element: Mapping[str, Any]) -> dict[str, Any]:
    tags, place = element["tags"], element.get("center", element)
    return {
        "code": f"{_PREFIX}{element['type']}-{int(element['id'])}",
        "name": tags.get("name"),
        "street": " ".join(filter(None, (tags.get("addr:street"), tags.get("addr:housenumber")))),
        "town": tags.get("addr:city"),
        "country": tags.get("addr:country"),
        "latitude": place["lat"],
        "longitude": place["lon"],
        "phone": _first(tags.get("phone") or tags.get("contact:phone")),
        "website": _first(tags.get("website") or tags.get("contact:website")),
        "languages": _languages(tags),
        "offers": tags["healthcare:speciality"].replace("_", " ").replace(";", ", "),
        "hours": tags.get("opening_hours"),
        "appointment_min": 0,
    }


def _first(values: str | None) -> str:
    return (values or "").split(";")[0].strip()


def _languages(tags: Mapping[str, str]) -> str:
    names = Locale("en").languages
    codes = (
        key.partition(":")[2] for key, value in tags.items() if key.startswith("language:") and value == "yes"
    )
    return ", ".join(names[code] for code in codes if code in names)


def _clinic(row: dict[str, Any]) -> Clinic | None:
    """The clinic, without what of it cannot be read; None where not enough is left."""
    choices = (combinations(("hours", "website", "phone"), count) for count in range(4))
    for left_out in chain.from_iterable(choices):
        try:
            return clinic_of(row | dict.fromkeys(left_out))
        except SkinAppError:
            continue
    return None
