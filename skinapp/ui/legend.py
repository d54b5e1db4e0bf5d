"""What colours and patterns mean, in one line under pictures."""

from html import escape

import streamlit as st

from skinapp.imaging.patterns import Ink, swatch
from skinapp.ui.panel_row import bar_uri
from skinapp.ui.pictures import data_uri

_HEIGHT_PX, _WIDTH_PX = 36, 60


def legend(*parts: str) -> None:
    """The parts, made by the functions below, in one line."""
    st.html(f'<div class="legend">{"".join(parts)}</div>')


def ink_part(ink: Ink, words: str) -> str:
    """A sample of an ink with its meaning."""
    return f'<span><img src="{data_uri(swatch(ink, _HEIGHT_PX, _WIDTH_PX))}" alt=""> {escape(words)}</span>'


def note_part(words: str) -> str:
    """Words alone."""
    return f"<span>{escape(words)}</span>"


def scale_part(low: str, high: str) -> str:
    """The colour scale between the words for its ends."""
    return f'<span>{escape(low)} <img class="bar" src="{bar_uri()}" alt=""> {escape(high)}</span>'
