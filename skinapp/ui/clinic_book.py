"""The book of clinics and appointments: kept in a file that all visitors share, or a trial of one visitor."""

from pathlib import Path

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.services.clinics.book import Book
from skinapp.services.clinics.listing import example_clinics
from skinapp.services.clinics.openings import now_utc
from skinapp.settings import settings

_TRIAL = "clinics_trial"


def is_trial() -> bool:
    """True where nobody has set up a file and a password: example clinics, and nothing is kept."""
    return settings().clinics.is_trial


def trial_note() -> None:
    """What a trial is, where it is one."""
    if is_trial():
        words = _(
            "A trial: these clinics are made up, and requests stay in this session. Whoever runs this app "
            "can list real ones."
        )
        st.info(words, icon=":material/science:")


def book() -> Book:
    """The book that this visitor uses, without what is to be forgotten."""
    shared = _trial_book() if is_trial() else _kept_book(settings().clinics.file)
    shared.forget_past(now_utc())
    return shared


def _trial_book() -> Book:
    if _TRIAL not in st.session_state:
        st.session_state[_TRIAL] = Book()
        st.session_state[_TRIAL].list_clinics(example_clinics())
    return st.session_state[_TRIAL]


@st.cache_resource(max_entries=1, show_spinner=False)
def _kept_book(file: Path) -> Book:
    return Book(file)
