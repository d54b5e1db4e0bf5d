"""The clinics of the listing as cards, the nearest first, each with a way to ask for an appointment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import streamlit as st

from skinapp.i18n import format_day, format_number, format_time, marked, own_name
from skinapp.i18n import gettext as _
from skinapp.services.clinics.book import Book
from skinapp.services.clinics.clinic import Clinic
from skinapp.services.clinics.distance import distance_km
from skinapp.services.clinics.openings import next_opening, now_utc
from skinapp.services.clinics.openstreetmap import COPYRIGHT, is_from_map
from skinapp.ui.errors import escaped
from skinapp.ui.focus import go_on_at
from skinapp.ui.place import Place, chosen_place, locate_button

BACK = "clinics_back"  # key of the way back to the list
_CHOSEN, _MORE = "clinics_chosen", "clinics_more"
_SHOWN = 6  # cards at a time
_OFFERS = (  # as the clinics of the trial word them; what others offer is shown as they say it
    marked("dermoscopy"),
    marked("mole mapping"),
    marked("small operations"),
    marked("children"),
    marked("online advice"),
)


def find_clinic() -> None:
    """A button that leads from a result to the clinics."""
    if st.button(_("Find a clinic"), icon=":material/local_hospital:", key="find_clinic"):
        st.switch_page("pages/clinics.py")


def chosen_clinic(clinics: Sequence[Clinic]) -> Clinic | None:
    """The clinic at which the visitor is asking for an appointment."""
    code = st.session_state.get(_CHOSEN)
    return next((clinic for clinic in clinics if clinic.code == code), None)


def leave_clinic() -> None:
    """Go back to the list."""
    code = st.session_state.pop(_CHOSEN, None)
    go_on_at(f"ask_{code}")


def clinic_list(book: Book, clinics: Sequence[Clinic]) -> None:
    """All clinics that the visitor's choices leave."""
    place, wanted = _choices(clinics)
    found = _ordered([clinic for clinic in clinics if _matches(clinic, wanted)], place)
    if not found:
        st.info(_("No clinic of the listing fits. Try fewer words."))
        return
    shown = found if st.session_state.get(_MORE) else found[:_SHOWN]
    st.caption(_("Times are those at each clinic."))
    for first in range(0, len(shown), 2):
        for column, clinic in zip(st.columns(2), shown[first : first + 2], strict=False):
            with column:
                _card(book, clinic, place)
    if any(is_from_map(clinic) for clinic in shown):
        st.caption(_("Some of these clinics: {copyright}").format(copyright=_(COPYRIGHT)))
    if len(shown) < len(found):
        st.button(_("Show all {count}").format(count=len(found)), key="clinics_all", on_click=_show_all)


def _choices(clinics: Sequence[Clinic]) -> tuple[Place | None, str]:
    near, words, button = st.columns((2, 2, 1), vertical_alignment="bottom")
    with button:
        locate_button()
    with near:
        place = chosen_place(clinics)
    with words:
        wanted = st.text_input(
            _("Town, language or service"),
            placeholder=_("such as German, or mole mapping"),
            max_chars=60,
            key="clinics_words",
        )
    return place, wanted


def _matches(clinic: Clinic, wanted: str) -> bool:
    """Whether every word is in what the listing says of a clinic, as it says it or as it is shown."""
    listed = clinic.name, clinic.address, clinic.languages, clinic.offers
    shown = own_name(clinic.country), _own_words(clinic.languages), _own_words(clinic.offers)
    said = " ".join((*listed, *shown)).casefold()
    return all(word in said for word in wanted.casefold().replace(",", " ").split())


def _own_words(listed: str) -> str:
    """Words of a listing with commas between them, as the visitor's language calls those that it knows."""
    words = (word.strip() for word in listed.split(","))
    return ", ".join(own_name(word) or (_(word) if word in _OFFERS else word) for word in words if word)


def address_words(clinic: Clinic) -> str:
    """Where a clinic is, its country as the visitor's language calls it."""
    return replace(clinic, country=own_name(clinic.country) or clinic.country).address


def _ordered(clinics: Sequence[Clinic], place: Place | None) -> list[Clinic]:
    if place is None:
        return list(clinics)
    return sorted(clinics, key=lambda clinic: distance_km(place, clinic.place))


def _card(book: Book, clinic: Clinic, place: Place | None) -> None:
    now = now_utc()
    starts = book.free_starts(clinic, now)
    with st.container(border=True, key=f"clinic_{clinic.code}"):
        st.markdown(f"**{escaped(clinic.name)}**  \n{escaped(_where(clinic, place))}")
        st.markdown("  \n".join(_facts(clinic, now)))
        st.caption(_free_words(clinic, starts))
        if not clinic.takes_requests:
            return
        st.button(
            _("Ask for an appointment"),
            key=f"ask_{clinic.code}",
            disabled=not starts,
            on_click=_choose,
            args=(clinic.code,),
            type="primary",
        )


def _free_words(clinic: Clinic, starts: Sequence[datetime]) -> str:
    if not clinic.takes_requests:
        return _("Call or write to the clinic for an appointment.")
    if not starts:
        return _("No appointment is free in the next two weeks.")
    return _("First free appointment: {when}").format(when=_moment_words(starts[0]))


def _where(clinic: Clinic, place: Place | None) -> str:
    if place is None:
        return address_words(clinic)
    km = distance_km(place, clinic.place)
    return f"{address_words(clinic)} · {format_number(km, 1 if km < 10 else 0)} km"


def _facts(clinic: Clinic, now: datetime) -> list[str]:
    known = {
        _("Telephone"): escaped(clinic.phone),
        _("Website"): f"<{clinic.website}>" if clinic.website else "",
        _("Languages"): escaped(_own_words(clinic.languages)),
        _("Offers"): escaped(_own_words(clinic.offers)),
    }
    lines = [f"{name}: {words}" for name, words in known.items() if words]
    return [*lines, _opening_words(clinic, now)] if clinic.hours else lines


def _opening_words(clinic: Clinic, now: datetime) -> str:
    is_open, change = next_opening(clinic, now)
    if change is None:
        return _("Open day and night") if is_open else _("Closed")
    is_today = change.date() == now.astimezone(change.tzinfo).date()
    words = _("Open until {when}") if is_open else _("Closed; opens {when}")
    return words.format(when=format_time(change) if is_today else _moment_words(change))


def _moment_words(moment: datetime) -> str:
    return f"{format_day(moment)}, {format_time(moment)}"


def _show_all() -> None:
    st.session_state[_MORE] = True


def _choose(code: str) -> None:
    st.session_state[_CHOSEN] = code
    go_on_at(BACK)
