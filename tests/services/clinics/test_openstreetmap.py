"""Looking clinics up in OpenStreetMap, with a stand-in for its server on this machine."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from skinapp.errors import DataError
from skinapp.services.clinics import openstreetmap
from skinapp.services.clinics.openstreetmap import is_from_map, look_up
from tests.web_server import web_server

TAGS = {
    "name": "Hautarzt am Ring",
    "healthcare:speciality": "dermatology;plastic_surgery",
    "addr:street": "Ring",
    "addr:housenumber": "7a",
    "addr:city": "Wien",
    "phone": "+43 1 234567; +43 1 234568",
    "contact:website": "https://example.org",
    "opening_hours": "Mo-Th 08:00-12:00",
    "language:de": "yes",
    "language:tr": "yes",
    "language:fr": "no",
}


def element(number: int = 1, **tags: str | None) -> dict:
    known = {key: value for key, value in (TAGS | tags).items() if value}
    return {"type": "node", "id": number, "lat": 48.2, "lon": 16.37, "tags": known}


class Map:
    """What the stand-in answers, and what it was asked."""

    def __init__(self):
        self.answer = {"elements": [element()]}
        self.queries = []

    def reply(self, path: str, _own: str) -> bytes:
        self.queries += parse_qs(urlsplit(path).query)["data"]
        return json.dumps(self.answer).encode()


@pytest.fixture
def osm():
    state = Map()
    with web_server(state.reply) as state.url:
        yield state


def test_a_clinic_of_the_map_is_listed_with_all_that_is_known(osm):
    found = look_up(48.2, 16.37, 2.5, osm.url)
    (clinic,) = found.clinics
    assert (clinic.code, clinic.name, clinic.address) == ("osm-node-1", "Hautarzt am Ring", "Ring 7a, Wien")
    assert (clinic.phone, clinic.website) == ("+43 1 234567", "https://example.org")
    assert (clinic.languages, clinic.offers) == ("German, Turkish", "dermatology, plastic surgery")
    assert clinic.hours == "Mo-Th 08:00-12:00" and is_from_map(clinic)
    assert not clinic.takes_requests, "nobody there knows of this app"
    (query,) = osm.queries
    assert "nwr(around:2500,48.2000,16.3700)" in query and "[out:json]" in query


def test_the_query_asks_for_dermatology_among_other_things(osm):
    look_up(0, 0, 1, osm.url)
    pattern = re.search(r'"healthcare:speciality"~"([^"]+)"', osm.queries[0])[1]
    for speciality in ("dermatology", "allergology;dermatology", "dermatology; surgery"):
        assert re.search(pattern, speciality)
    assert not re.search(pattern, "dermatopathology")


def test_what_cannot_be_read_is_left_empty_and_what_is_too_little_left_out(osm):
    buildings = element(3) | {"type": "way", "center": {"lat": 48.1, "lon": 16.3}}
    del buildings["lat"], buildings["lon"]
    osm.answer = {
        "elements": [
            element(1, opening_hours="by appointment, mornings"),
            element(2, phone="ask at the desk", opening_hours="?!"),
            buildings,
            element(4, name=None),
            element(5, **{"addr:city": None}),
            element(6, phone=None, **{"contact:website": None}),
        ]
    }
    found = look_up(48.2, 16.37, 5, osm.url)
    assert [clinic.code for clinic in found.clinics] == ["osm-node-1", "osm-node-2", "osm-way-3"]
    first, second, third = found.clinics
    assert (first.hours, first.phone) == ("", "+43 1 234567")
    assert (second.hours, second.phone, second.website) == ("", "", "https://example.org")
    assert (third.latitude, third.longitude) == (48.1, 16.3)
    assert found.left_out == 3


@pytest.mark.parametrize("answer", ["words", [], {}, {"elements": [{"type": "node"}]}, {"elements": None}])
def test_another_answer_is_no_listing(osm, answer):
    osm.answer = answer
    with pytest.raises(DataError, match="does not understand"):
        look_up(48.2, 16.37, 5, osm.url)


def test_an_answer_without_end_is_not_read(osm, monkeypatch):
    monkeypatch.setattr(openstreetmap, "MAX_BYTES", 100)
    with pytest.raises(DataError, match="does not understand"):
        look_up(48.2, 16.37, 5, osm.url)


def test_without_internet_the_hint_says_what_to_do():
    with pytest.raises(DataError) as failure:
        look_up(48.2, 16.37, 5, "http://127.0.0.1:9")
    assert "OpenStreetMap cannot be reached" in failure.value.message
    assert "bring a CSV file" in failure.value.hint
