"""Failures as a visitor reads them: what is wrong, and what to do next."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from skinapp.errors import SkinAppError


def show_error(error: SkinAppError, about: str = "") -> None:
    """The message and, on a line of its own, the hint; ``about`` names the photograph it belongs to."""
    heading = f"**{escaped(about)}**: " if about else ""
    st.warning(f"{heading}{escaped(error.message)}  \n{escaped(error.hint)}", icon=":material/error:")


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show a `SkinAppError` raised inside, and go on with the page."""
    try:
        yield
    except SkinAppError as error:
        show_error(error)


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: names of files may hold anything.

    >>> print(escaped("a*b_[c]"))
    a\\*b\\_\\[c\\]
    """
    return "".join(f"\\{character}" if character in r"\`*_{}[]<>#$|~:" else character for character in text)
