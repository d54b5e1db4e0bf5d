"""Where the keyboard goes on after a press that put something else in the place of what was pressed."""

import streamlit as st

from skinapp.ui.pictures import browser_file

_component = st.components.v2.component("skinapp_focus", js=browser_file("focus.js"))

_PLACE, _TURN = "focus_place", "focus_turn"


def go_on_at(place: str) -> None:
    """Give the keyboard's focus to the button or box of this key, once that is drawn."""
    st.session_state[_PLACE] = place
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def follow_focus() -> None:
    """Do so, at the end of a page. A component without a look of its own."""
    _component(
        key="focus", data={"place": st.session_state.get(_PLACE), "turn": st.session_state.get(_TURN, 0)}
    )
