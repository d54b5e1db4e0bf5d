"""A choice that lasts: from page to page, and from language to language."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from skinapp.i18n import DEFAULT_LANGUAGE, current_language


def lasting_choice(
    label: str, names: Mapping[str, str], key: str, first: str | None = None, **more: Any
) -> str | None:
    """One of ``names``, which are shown in the visitor's language, in a select box; ``first`` to begin with.

    For a key the browser keeps the words of what was chosen, which are others in another language: each has a
    key of its own, and takes over what was chosen last. ``more`` goes to the box.
    """
    language = current_language()
    own, chosen = key if language == DEFAULT_LANGUAGE else f"{key}-{language}", f"{key}_chosen"
    last, option = st.session_state.get(chosen, (language, first))
    if own not in st.session_state or last != language:
        st.session_state[own] = option if option in names else first
    option = st.selectbox(
        label,
        list(names),
        index=None if first is None else 0,
        format_func=names.get,
        key=own,
        persist_state="session",
        **more,
    )
    st.session_state[chosen] = (language, option)
    return option
