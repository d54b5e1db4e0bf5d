"""The visitor's side of an appointment: asking for one, finding it again, cancelling it."""

from datetime import datetime
from itertools import groupby

import streamlit as st

from skinapp.errors import SkinAppError
from skinapp.i18n import format_day, format_time
from skinapp.i18n import gettext as _
from skinapp.services.clinics.appointment import (
    LONGEST_CONTACT,
    LONGEST_NAME,
    LONGEST_NOTE,
    Appointment,
    Status,
    calendar_file,
    checked_visitor,
)
from skinapp.services.clinics.book import Book
from skinapp.services.clinics.clinic import Clinic
from skinapp.services.clinics.openings import now_utc
from skinapp.services.rate_limit import HOUR, MINUTE, RateLimit
from skinapp.ui.clinic_book import is_trial
from skinapp.ui.clinics import BACK, address_words, leave_clinic
from skinapp.ui.errors import errors_shown, escaped, show_error
from skinapp.ui.focus import go_on_at
from skinapp.ui.lasting_choice import lasting_choice

_CODES, _LIMIT, _SEEN = "visits_codes", "visits_limit", "visits_seen"
_PER_VISITOR = ((3, HOUR),)  # requests
_LOOKS = ((10, MINUTE),)  # codes tried
_FORM_PX = 720


def request_form(book: Book, clinic: Clinic) -> None:
    """Ask for an appointment at one clinic."""
    st.button(_("Back to the clinics"), key=BACK, icon=":material/arrow_back:", on_click=leave_clinic)
    with st.container(width=_FORM_PX):
        _form(book, clinic)


def _form(book: Book, clinic: Clinic) -> None:
    st.header(_("Ask for an appointment"), anchor=False)
    st.markdown(f"**{escaped(clinic.name)}**  \n{escaped(address_words(clinic))}")
    starts = book.free_starts(clinic, now_utc())
    if not starts:
        st.info(_("No appointment is free in the next two weeks. Call or write to the clinic."))
        return
    days = {day: list(those) for day, those in groupby(starts, key=lambda start: start.date())}
    words = {day: format_day(those[0]) for day, those in days.items()}
    day = lasting_choice(_("Day"), words, "visits_day", first=next(iter(words)))
    start = st.pills(
        _("Time there"),
        days[day],
        default=days[day][0],
        required=True,
        format_func=format_time,
        key=f"visits_time_{day}",
    )
    with st.form(key="visits_form", border=False):
        name = st.text_input(_("Name"), max_chars=LONGEST_NAME, autocomplete="name")
        contact = st.text_input(_("Telephone or e-mail"), max_chars=LONGEST_CONTACT)
        note = st.text_input(
            _("What it is about (may stay empty)"),
            max_chars=LONGEST_NOTE,
            help=_("A few words, such as “a lesion that has changed”. Photographs are not sent."),
        )
        st.caption(_kept_words())
        # Between the draw and the press another visitor may have taken the time: what was seen is sent.
        if st.form_submit_button(_("Send the request"), type="primary", on_click=_note, args=(start,)):
            with errors_shown():
                _send(book, clinic, st.session_state.pop(_SEEN), name, contact, note)
                st.rerun()


def _note(start: datetime) -> None:
    st.session_state[_SEEN] = start


def _kept_words() -> str:
    if is_trial():
        return _("A trial: what you write stays in this session and is sent to nobody.")
    return _(
        "What you write is kept on the machine that runs this app, seen by its administrator alone, and "
        "erased a day after the appointment."
    )


def _send(book: Book, clinic: Clinic, start: datetime, name: str, contact: str, note: str) -> None:
    visitor = checked_visitor(name, contact, note)
    if _limit("asked", _PER_VISITOR).wait_s() > 0:
        raise SkinAppError(
            _("You have asked for {count} appointments within an hour.").format(count=_PER_VISITOR[0][0]),
            _("Call the clinic, or try again later."),
        )
    code = book.ask(clinic, start, visitor, now_utc())
    _limit("asked", _PER_VISITOR).take()
    st.session_state[_CODES] = [*_codes(), code]
    st.toast(_("Requested. Your code: {code}").format(code=code))
    leave_clinic()
    go_on_at(_request_key(book.find(code)))


def own_requests(book: Book) -> set[int]:
    """What became of the requests of this session; returns their numbers."""
    shown = set()
    for code in _codes():
        try:
            appointment = book.find(code)
        except SkinAppError:
            continue  # the clinic was taken off the listing, or the day is past
        _request(book, appointment, code)
        shown.add(appointment.number)
    return shown


def request_by_code(book: Book, shown: set[int]) -> None:
    """What became of a request whose code the visitor knows; ``shown`` are those that stand above."""
    with st.expander(_("I have a code of an earlier request")):
        code = st.text_input(_("Code"), max_chars=20, key="visits_code").strip()
        if code:
            _look_up(book, code, shown)


def _look_up(book: Book, code: str, shown: set[int]) -> None:
    tried = _limit("looked", _LOOKS)
    if code != st.session_state.get("visits_looked") and tried.take() > 0:
        show_error(SkinAppError(_("Too many codes were tried."), _("Wait a minute and try again.")))
        return
    st.session_state["visits_looked"] = code
    with errors_shown():
        appointment = book.find(code)
        if appointment.number in shown:
            st.caption(_("This request stands at the top of the page."))
        else:
            _request(book, appointment, code)


def _request(book: Book, appointment: Appointment, code: str) -> None:
    clinic = appointment.clinic
    with st.container(border=True, key=_request_key(appointment)):
        st.markdown(
            f"**{_status_words(appointment.status)}**  \n"
            f"{escaped(f'{clinic.name}, {address_words(clinic)}')}  \n{when_words(appointment)}"
        )
        st.caption(_("Your code, to come back to this: {code}").format(code=code))
        if not appointment.status.holds_time:
            return
        with st.container(horizontal=True):
            st.download_button(
                _("Add to a calendar"),
                calendar_file(appointment, now_utc()),
                file_name="appointment.ics",
                mime="text/calendar",
                icon=":material/event:",
                key=f"calendar_{appointment.number}",
            )
            st.button(
                _("Cancel it"),
                icon=":material/close:",
                key=f"cancel_{appointment.number}",
                on_click=book.decide,
                args=(appointment.number, Status.CANCELLED),
            )


def _request_key(appointment: Appointment) -> str:
    return f"request_{appointment.number}"


def when_words(appointment: Appointment) -> str:
    """Day and time, in the time of the clinic."""
    return _("{day}, {start} to {end}, time there").format(
        day=format_day(appointment.start),
        start=format_time(appointment.start),
        end=format_time(appointment.end),
    )


def _status_words(status: Status) -> str:
    return {
        Status.ASKED: _("Requested; the clinic has not answered yet"),
        Status.CONFIRMED: _("Confirmed"),
        Status.DECLINED: _("Declined; choose another time or call"),
        Status.CANCELLED: _("Cancelled"),
    }[status]


def _codes() -> list[str]:
    return st.session_state.get(_CODES, [])


def _limit(name: str, rules: tuple[tuple[int, int], ...]) -> RateLimit:
    return st.session_state.setdefault(f"{_LIMIT}_{name}", RateLimit(rules))
