"""A request for an appointment, from the form to the calendar file."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from icalendar import Calendar, Event

from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.services.clinics.clinic import UTC, Clinic

LONGEST_NAME, LONGEST_CONTACT, LONGEST_NOTE = 80, 120, 300
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"\+?(?:[ ()/.-]*\d){5,20}")


class Status(StrEnum):
    """How far a request is."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"

    @property
    def holds_time(self) -> bool:
        """Whether nobody else can have the time of such a request."""
        return self in (Status.ASKED, Status.CONFIRMED)


@dataclass(frozen=True)
class Visitor:
    """Who asks. Shown to nobody but the administrator and whoever holds the code of the request."""

    name: str
    contact: str
    note: str = ""


@dataclass(frozen=True)
class Appointment:
    """A request as it is kept; ``start`` and ``end`` are in the time of the clinic."""

    number: int
    clinic: Clinic
    start: datetime
    end: datetime
    visitor: Visitor
    status: Status


def checked_visitor(name: str, contact: str, note: str) -> Visitor:
    """A visitor whose name and contact can be used; `SkinAppError` says what is missing."""
    name, contact, note = (" ".join(text.split()) for text in (name, contact, note))
    if not 2 <= len(name) <= LONGEST_NAME:
        raise SkinAppError(_("The name is missing."), _("Write the name that the clinic shall ask for."))
    if len(contact) > LONGEST_CONTACT or not (_EMAIL.fullmatch(contact) or _PHONE.fullmatch(contact)):
        raise SkinAppError(
            _("'{text}' is neither a telephone number nor an e-mail address.").format(text=contact),
            _("The clinic needs one of them to answer."),
        )
    return Visitor(name, contact, note[:LONGEST_NOTE])


def calendar_file(appointment: Appointment, now: datetime) -> bytes:
    """The appointment for a calendar (RFC 5545), in UTC and without the visitor's name."""
    clinic, event = appointment.clinic, Event()
    event.add("uid", f"{appointment.number}-{clinic.code}@skinapp")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", appointment.start.astimezone(UTC))
    event.add("dtend", appointment.end.astimezone(UTC))
    event.add("summary", clinic.name)
    event.add("location", clinic.address)
    event.add("description", clinic.phone)
    event.add("status", "CONFIRMED" if appointment.status is Status.CONFIRMED else "TENTATIVE")
    calendar = Calendar()
    calendar.add("prodid", "-//skinapp//appointments//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return calendar.to_ical()
