"""When a clinic is open, and which appointments it offers."""

from collections.abc import Collection
from datetime import datetime, timedelta

from opening_hours import State

from skinapp.services.clinics.clinic import UTC, Clinic

DAYS_AHEAD = 14


def now_utc() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def open_spans(clinic: Clinic, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """When the clinic is open between two moments, as moments in the time of the place."""
    spans = clinic.times.intervals(start.astimezone(UTC), end.astimezone(UTC))
    return [(opens, closes) for opens, closes, state, _comment in spans if state == State.OPEN]


def next_opening(clinic: Clinic, now: datetime) -> tuple[bool, datetime | None]:
    """Whether the clinic is open, and when that changes; None where it never does."""
    times, now = clinic.times, now.astimezone(UTC)
    return times.is_open(now), times.next_change(now)


def free_starts(
    clinic: Clinic, taken: Collection[tuple[datetime, datetime]], now: datetime
) -> list[datetime]:
    """When an appointment can begin, from the next day on for `DAYS_AHEAD` days; ends lie in opening hours.

    None overlaps an appointment that is ``taken``, from its start to its end. The first day is left out so
    that the clinic has time to answer.
    """
    step = timedelta(minutes=clinic.appointment_min)
    starts: list[datetime] = []
    if not step:
        return starts
    for opens, closes in open_spans(clinic, now, now + timedelta(days=DAYS_AHEAD + 1)):
        today = now.astimezone(opens.tzinfo).date()
        start = opens.astimezone(UTC)  # whole steps of time, also where clocks are changed
        while start + step <= closes.astimezone(UTC):
            there = start.astimezone(opens.tzinfo)
            overlaps = any(start < end and begun < start + step for begun, end in taken)
            if there.date() > today and not overlaps:
                starts.append(there)
            start += step
    return starts
