"""Where a visitor looks when an answer comes: at the question and the start of its answer."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from skinapp.ui import chat_state
from skinapp.ui.pictures import browser_file

_component = st.components.v2.component("skinapp_chat_scroll", js=browser_file("chat_scroll.js"))


def turn_box(number: int) -> DeltaGenerator:
    """The box of a question and its answer, which `look_at` finds by its number."""
    return st.container(key=_key(number))


def look_at(number: int) -> None:
    """Bring the top of a turn into view, once for every question that is asked.

    A component without a look of its own. Streamlit would go to the end of the page, past the urgent signs.
    """
    _component(key="chat_scroll", data={"asked": chat_state.asked(), "turn": _key(number)})


def _key(number: int) -> str:
    return f"turn_{number}"
