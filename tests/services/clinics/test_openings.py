"""When appointments are offered, by hand-made cases; distances by vectors."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from skinapp.services.clinics.clinic import UTC, clinic_of
from skinapp.services.clinics.distance import EARTH_RADIUS_KM, distance_km
from skinapp.services.clinics.openings import DAYS_AHEAD, free_starts, next_opening, open_spans
from tests.services.clinics.test_clinic import ROW

VIENNA = ZoneInfo("Europe/Vienna")
MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=VIENNA)


@pytest.fixture
def clinic():
    """In Vienna, open for an hour on weekdays but not on holidays."""
    return clinic_of(ROW | {"hours": "Mo-Fr 09:00-10:00; PH off"})


def test_appointments_fill_the_hours_from_the_next_day_on(clinic):
    starts = free_starts(clinic, set(), MONDAY)
    assert [f"{start:%d %H:%M}" for start in starts[:4]] == ["01 09:00", "01 09:20", "01 09:40", "02 09:00"]
    assert {str(start.tzinfo) for start in starts} == {"Europe/Vienna"}
    assert starts[-1].date() - MONDAY.date() <= timedelta(days=DAYS_AHEAD + 1)


def test_an_appointment_ends_before_the_clinic_closes(clinic):
    starts = free_starts(replace(clinic, appointment_min=25), set(), MONDAY)
    assert [f"{start:%H:%M}" for start in starts[:3]] == ["09:00", "09:25", "09:00"]


def test_a_clinic_that_takes_no_requests_offers_no_time(clinic):
    assert free_starts(replace(clinic, appointment_min=0), set(), MONDAY) == []
    assert free_starts(replace(clinic, hours=""), set(), MONDAY) == []


def test_times_that_are_taken_are_not_offered(clinic):
    begins = datetime(2026, 12, 1, 8, 20, tzinfo=UTC)  # 09:20 in Vienna
    taken = [(begins, begins + timedelta(minutes=20))]
    assert [f"{start:%d %H:%M}" for start in free_starts(clinic, taken, MONDAY)[:2]] == [
        "01 09:00",
        "01 09:40",
    ]


@pytest.mark.parametrize(
    ("minutes", "left"),
    [
        (10, ["09:00", "09:10", "09:40", "09:50"]),
        (20, ["09:00", "09:40"]),
        (30, []),
        (15, ["09:00", "09:45"]),
    ],
)
def test_none_overlaps_one_of_another_length(clinic, minutes, left):
    """From 09:20 to 09:40 somebody else is there; the day has hours from 09:00 to 10:00."""
    begins = datetime(2026, 12, 1, 8, 20, tzinfo=UTC)
    starts = free_starts(
        replace(clinic, appointment_min=minutes), [(begins, begins + timedelta(minutes=20))], MONDAY
    )
    assert [f"{start:%H:%M}" for start in starts if start.day == 1] == left


def test_the_next_day_begins_where_the_clinic_is(clinic):
    """At 23:30 UTC on Sunday it is Monday in Vienna."""
    starts = free_starts(clinic, set(), datetime(2026, 11, 29, 23, 30, tzinfo=UTC))
    assert f"{starts[0]:%A}" == "Tuesday"


def test_public_holidays_of_the_place_are_free(clinic):
    """8 December is a holiday in Austria; 7 and 9 December 2026 are a Monday and a Wednesday."""
    days = {start.day for start in free_starts(clinic, set(), MONDAY)}
    assert {7, 9} <= days and 8 not in days


def test_clocks_that_are_changed_make_no_hour_twice_or_none(clinic):
    """On 25 October 2026 it is 02:00 to 03:00 twice in Vienna: four real hours from 01:00 to 04:00."""
    night = replace(clinic, hours="Su 01:00-04:00", appointment_min=60)
    starts = free_starts(night, set(), datetime(2026, 10, 23, 12, tzinfo=VIENNA))[:4]
    steps = np.diff([start.timestamp() for start in starts])
    assert f"{starts[0]:%d %H:%M}" == "25 01:00" and steps.tolist() == [3600] * 3
    assert f"{starts[-1]:%H:%M}" == "03:00"


def test_what_is_open_now_and_next(clinic):
    assert next_opening(clinic, MONDAY.replace(hour=9, minute=30)) == (True, MONDAY)
    assert next_opening(clinic, MONDAY.replace(hour=11)) == (False, datetime(2026, 12, 1, 9, tzinfo=VIENNA))
    assert next_opening(replace(clinic, hours="24/7"), MONDAY) == (True, None)
    assert next_opening(replace(clinic, hours="off"), MONDAY) == (False, None)
    (span,) = open_spans(clinic, MONDAY, MONDAY + timedelta(days=1))
    assert [f"{moment:%d %H:%M}" for moment in span] == ["01 09:00", "01 10:00"]


def test_distances_agree_with_the_angle_between_vectors():
    places = np.random.default_rng(0).uniform((-90, -180), (90, 180), (200, 2, 2))
    latitude, longitude = np.radians(places[..., 0]), np.radians(places[..., 1])
    vectors = np.stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)],
        axis=-1,
    )
    here, there = vectors[:, 0], vectors[:, 1]
    angles = np.arctan2(np.linalg.norm(np.cross(here, there), axis=1), (here * there).sum(axis=1))
    ours = [distance_km(tuple(one), tuple(other)) for one, other in places]
    np.testing.assert_allclose(ours, angles * EARTH_RADIUS_KM, rtol=1e-7, atol=1e-6)


def test_the_same_place_and_the_other_side_of_the_earth():
    assert distance_km((48.2, 16.4), (48.2, 16.4)) == 0
    assert distance_km((30, 20), (-30, -160)) == pytest.approx(np.pi * EARTH_RADIUS_KM)
