"""The administrator's side: requests to answer, and the listing of clinics."""

import hmac
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.services.clinics.appointment import Appointment, Status
from skinapp.services.clinics.book import Book
from skinapp.services.clinics.clinic import COLUMNS, Clinic
from skinapp.services.clinics.listing import checked, read_listing, write_listing
from skinapp.services.clinics.openstreetmap import ADDRESS, Found, look_up
from skinapp.services.rate_limit import MINUTE, RateLimit
from skinapp.settings import settings
from skinapp.ui.clinic_book import is_trial
from skinapp.ui.errors import errors_shown, escaped, show_error
from skinapp.ui.visits import when_words

_OPEN, _LISTED = "desk_open", "desk_listed"
_TRIES = ((5, 5 * MINUTE),)  # wrong passwords, of everybody together
_SHOWN = 50  # requests


def is_administrator() -> bool:
    """Ask for the password until it was right once in this session; a trial has none."""
    if is_trial() or st.session_state.get(_OPEN):
        return True
    with st.form(key="desk_form", border=False):
        password = st.text_input(_("Password of the administrator"), type="password", key="desk_password")
        pressed = st.form_submit_button(_("Open"), type="primary")
    if pressed:
        with errors_shown():
            _check(password)
            st.session_state[_OPEN] = True
            st.rerun()
    return False


def leave_button() -> None:
    """Close the administrator's side for this session."""
    if not is_trial():
        st.button(_("Leave"), icon=":material/logout:", on_click=lambda: st.session_state.pop(_OPEN, None))


def _check(password: str) -> None:
    tries = _tries()
    if tries.wait_s() > 0:
        raise SkinAppError(_("Too many passwords were tried."), _("Wait five minutes and try again."))
    if not hmac.compare_digest(password.encode(), settings().clinics.password.encode()):
        tries.take()
        raise SkinAppError(
            _("This is not the password."), _("It is in the setting SKINAPP_CLINICS_PASSWORD of the app.")
        )


@st.cache_resource(max_entries=1, show_spinner=False)
def _tries() -> RateLimit:
    return RateLimit(_TRIES)


def requests_desk(book: Book) -> None:
    """Requests that wait for an answer, then the others, the earliest appointment first."""
    appointments = book.appointments()
    if not appointments:
        st.info(_("Nobody has asked for an appointment."))
        return
    waiting = [one for one in appointments if one.status is Status.ASKED]
    answered = [one for one in appointments if one.status is not Status.ASKED]
    st.header(_("To answer: {count}").format(count=len(waiting)), anchor=False)
    _cards(book, waiting)
    if answered:
        st.header(_("Answered: {count}").format(count=len(answered)), anchor=False)
        _cards(book, answered)


def _cards(book: Book, appointments: list[Appointment]) -> None:
    for appointment in appointments[:_SHOWN]:
        _card(book, appointment)
    if len(appointments) > _SHOWN:
        st.caption(_("And {count} later ones.").format(count=len(appointments) - _SHOWN))


def _card(book: Book, appointment: Appointment) -> None:
    visitor, no_note = appointment.visitor, _("No note")
    with st.container(border=True, key=f"desk_{appointment.number}"):
        st.markdown(
            f"**{when_words(appointment)}** · {escaped(appointment.clinic.name)}  \n"
            f"{escaped(visitor.name)}, {escaped(visitor.contact)}  \n"
            f"{escaped(visitor.note) or no_note}"
        )
        if not appointment.status.holds_time:
            st.caption(
                _("Declined") if appointment.status is Status.DECLINED else _("Cancelled by the visitor")
            )
            return
        with st.container(horizontal=True):
            if appointment.status is Status.ASKED:
                _decision(book, appointment, Status.CONFIRMED, _("Confirm"), ":material/check:")
            else:
                st.caption(_("Confirmed"))
            _decision(book, appointment, Status.DECLINED, _("Decline"), ":material/close:")


def _decision(book: Book, appointment: Appointment, status: Status, words: str, icon: str) -> None:
    number = appointment.number
    st.button(words, icon=icon, key=f"{status}_{number}", on_click=book.decide, args=(number, status))


def listing_desk(book: Book) -> None:
    """The listing as a table to edit, and as a file to take and bring."""
    clinics = book.clinics()
    st.markdown(
        _(
            "A row for each clinic; the last, empty row adds one. Hours are written as OpenStreetMap does, "
            "such as `Mo-Fr 09:00-12:00,14:00-17:00; PH off`; time zone and public holidays follow from the "
            "place."
        )
    )
    table = st.data_editor(
        _table(clinics),
        num_rows="dynamic",
        hide_index=True,
        key=f"desk_table_{st.session_state.get(_LISTED, 0)}",
        column_config=_columns(),
    )
    with st.container(horizontal=True):
        pressed = st.button(_("Save the table"), type="primary", icon=":material/save:")
        st.download_button(
            _("Download as CSV"), lambda: write_listing(clinics), "clinics.csv", "text/csv", key="desk_csv"
        )
    if pressed:
        with errors_shown():
            _save(book, checked(table.to_dict("records")))
    if not is_trial():
        _map_look_up(book, clinics)
    file = st.file_uploader(_("Replace the listing by a CSV file"), type="csv", key="desk_file")
    if file is not None and st.button(_("Replace the listing"), key="desk_replace"):
        try:
            _save(book, read_listing(file.getvalue()))
        except SkinAppError as error:
            show_error(error, about=file.name)


def _map_look_up(book: Book, clinics: Sequence[Clinic]) -> None:
    """Add what OpenStreetMap knows around a place; the only thing that is asked of another server."""
    with st.expander(_("Add clinics from OpenStreetMap")), st.form(key="desk_map", border=False):
        start = clinics[0].place if clinics else (0.0, 0.0)
        latitude, longitude, radius = st.columns(3)
        place = (
            latitude.number_input(_("Latitude"), -90.0, 90.0, start[0], format="%.4f"),
            longitude.number_input(_("Longitude"), -180.0, 180.0, start[1], format="%.4f"),
            radius.number_input(_("Within km"), 1, 100, 10),
        )
        st.caption(
            _("The place goes to the map's server. Such clinics take no requests until you give minutes.")
        )
        if st.form_submit_button(_("Look up")):
            with errors_shown(), st.spinner(_("Asking OpenStreetMap")):
                _add(book, look_up(*place, settings().clinics.overpass or ADDRESS))


def _add(book: Book, found: Found) -> None:
    book.list_also(found.clinics)
    words = _("Clinics found: {count}. Left out, without a name, a town or a number: {left_out}.")
    _saved(words.format(count=len(found.clinics), left_out=found.left_out))


def _save(book: Book, clinics: list[Clinic]) -> None:
    book.list_clinics(clinics)
    _saved(_("Saved. Clinics on the listing: {count}.").format(count=len(clinics)))


def _saved(words: str) -> None:
    """Show the listing anew, as it is kept."""
    st.session_state[_LISTED] = st.session_state.get(_LISTED, 0) + 1
    st.toast(words)
    st.rerun()


def _table(clinics: Sequence[Clinic]) -> pd.DataFrame:
    return pd.DataFrame([vars(clinic) for clinic in clinics], columns=list(COLUMNS))


def _columns() -> dict[str, object]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    return {
        "code": text(_("Code"), help=_("Names the clinic; made of its name and town where it is empty.")),
        "name": text(_("Name"), required=True),
        "street": text(_("Street")),
        "town": text(_("Town"), required=True),
        "country": text(_("Country")),
        "latitude": number(_("Latitude"), min_value=-90, max_value=90, required=True),
        "longitude": number(_("Longitude"), min_value=-180, max_value=180, required=True),
        "phone": text(_("Telephone")),
        "website": text(_("Website")),
        "languages": text(_("Languages")),
        "offers": text(_("Offers")),
        "hours": text(_("Hours")),
        "appointment_min": number(
            _("Minutes"),
            min_value=0,
            max_value=240,
            step=1,
            help=_("Of one appointment; 0 takes no requests."),
        ),
    }
