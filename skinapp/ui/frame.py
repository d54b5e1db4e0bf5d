"""The frame of every page: title, notice, language, style."""

from pathlib import Path

import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from skinapp.i18n import DEFAULT_LANGUAGE, LANGUAGES, current_language, set_language
from skinapp.i18n import gettext as _
from skinapp.imaging.reading import MAX_BYTES
from skinapp.ui.page_language import tell_language
from skinapp.ui.style import STYLE

# A file of our own: for a Material icon the visitor's browser would ask another server.
_ICON = Path(__file__).with_name("icon.png")

LANGUAGE_KEY = "frame_language"
_VISITED, _PAGE, _VISIT = "frame_visited", "frame_page", "frame_visit"


def page_frame(title: str) -> None:
    """Open a page. Every page begins with this call, because a page may run without ``app.py``.

    ``title`` is `marked` and no more: the visitor's language is not known before.
    """
    _let_the_app_run_first()
    _count_visits()
    keep_uploads_in_memory()
    restore_language()
    st.set_page_config(page_title=_(title), page_icon=str(_ICON), layout="wide")
    st.html(STYLE)
    _language_choice()
    st.title(_(title), anchor=False)
    st.caption(
        _(
            "Research demonstration, not a medical device. "
            "Photographs stay in the memory of the computer that runs this app and are kept nowhere."
        )
    )


def restore_language() -> None:
    """Set the visitor's language: at the start of a fragment, which runs without its page."""
    set_language(st.session_state.get(LANGUAGE_KEY) or _own_language())


def _own_language() -> str:
    """The language of the visitor's browser, as in "de-AT", where it is known."""
    code = (st.context.locale or "").partition("-")[0].lower()
    return code if code in LANGUAGES else DEFAULT_LANGUAGE


def visit_number() -> int:
    """Which visit to a page this is in the session: one as long as no other page is shown."""
    return st.session_state.get(_VISIT, 0)


def _count_visits() -> None:
    page = get_script_run_ctx().page_script_hash
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE], st.session_state[_VISIT] = page, visit_number() + 1


def _language_choice() -> None:
    with st.sidebar.container(key="frame_bottom"):
        st.selectbox(
            _("Language"),
            list(LANGUAGES),
            index=list(LANGUAGES).index(current_language()),
            format_func=LANGUAGES.get,
            key=LANGUAGE_KEY,
            persist_state="session",
        )
        tell_language()


def _let_the_app_run_first() -> None:
    """Run again through ``app.py`` where a visitor came straight to a page of a server just started.

    Until ``st.navigation`` was called once, Streamlit takes the pages and their names from the folder. Only
    a first run is cut short like this: no press of a button is lost.
    """
    is_first = _VISITED not in st.session_state
    st.session_state[_VISITED] = True
    if is_first and PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def keep_uploads_in_memory() -> None:
    """Stop the web server's form parser from writing uploads over 1 MB to a temporary file."""
    MultiPartParser.spool_max_size = max(MultiPartParser.spool_max_size, 2 * MAX_BYTES)
