"""Equal square pictures in one row, with words and perhaps a scale under each."""

from base64 import b64encode
from dataclasses import dataclass

import numpy as np
import streamlit as st

from skinapp.imaging.encoding import encode_jpeg, encode_png
from skinapp.imaging.overlay import colour_bar
from skinapp.ui.before_after import Side, before_after
from skinapp.ui.pictures import Outlines, data_uri


@dataclass(frozen=True)
class Panel:
    """A picture with a label and one line under it.

    ``scale`` names the two ends of a map's colour bar, which is drawn then; with ``before`` the picture
    becomes a slider between the two, ``outlines`` dashed over both.
    """

    label: str
    image: np.ndarray
    words: str = ""
    scale: tuple[str, str] | None = None
    before: np.ndarray | None = None
    names: tuple[str, str] = ("", "")
    outlines: Outlines | None = None


def panel_row(panels: list[Panel], key: str) -> None:
    """The panels side by side, on a phone as a strip to swipe."""
    any_scale = any(panel.scale for panel in panels)
    with st.container(key=f"panels_{key}"):
        for column, panel in zip(st.columns(len(panels), wrap=False), panels, strict=True):
            with column:
                _picture(panel, key)
                if any_scale:
                    st.html(_scale(*panel.scale) if panel.scale else _NO_SCALE)
                st.caption(f"**{panel.label}**  \n{panel.words}")


def _picture(panel: Panel, key: str) -> None:
    if panel.before is None:
        st.image(encode_jpeg(panel.image), width="stretch", alt=f"{panel.label}. {panel.words}")
    else:
        sides = (
            Side(data_uri(image), name)
            for image, name in zip((panel.before, panel.image), panel.names, strict=True)
        )
        before_after(*sides, key=f"{key}_slider", outlines=panel.outlines)


_NO_SCALE = '<div class="scale">&nbsp;</div>'  # keeps the words under all panels on one line


def _scale(low: str, high: str) -> str:
    return f'<div class="scale"><span>{low}</span><img src="{bar_uri()}" alt=""><span>{high}</span></div>'


@st.cache_data(max_entries=1, show_spinner=False)
def bar_uri() -> str:
    """The colour scale of heat maps, lowest at the left, as an address."""
    return f"data:image/png;base64,{b64encode(encode_png(colour_bar(8, 256))).decode()}"
