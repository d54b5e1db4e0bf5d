"""A choice that lasts: from page to page, and from language to language."""

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

import streamlit as st

from skinapp.i18n import DEFAULT_LANGUAGE, current_language

Option = TypeVar("Option", bound=Hashable)
_ELSEWHERE = ""  # no box: an option that was chosen by other means


def lasting_choice(
    label: str,
    names: Mapping[Option, str],
    key: str,
    first: Option | None = None,
    variant: str = "",
    **more: Any,
) -> Option | None:
    """One of ``names``, which are shown in the visitor's language, in a select box; ``first`` to begin with.

    For a key the browser keeps the words of what was chosen, which are others in another language: each has a
    key of its own, and takes over what was chosen last. So has each ``variant``, if words change otherwise.
    What is no longer offered gives way to ``first``. ``more`` goes to the box.
    """
    language = current_language()
    own = "-".join(part for part in (key, variant, language) if part and part != DEFAULT_LANGUAGE)
    chosen = _chosen(key)
    last, option = st.session_state.get(chosen, (own, first))
    if last != own or st.session_state.get(own, _ELSEWHERE) not in (*names, None):
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
    st.session_state[chosen] = (own, option)
    return option


def choose(option: Hashable, key: str) -> None:
    """What the box of this key shows when it is drawn the next time, where it is offered then."""
    st.session_state[_chosen(key)] = (_ELSEWHERE, option)


def _chosen(key: str) -> str:
    return f"{key}_chosen"
