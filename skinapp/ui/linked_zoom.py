"""Pictures of one size in a row with one zoom: a Streamlit component for mouse, touch and keyboard."""

from dataclasses import dataclass

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.ui.pictures import Outlines, browser_part

_row = st.components.v2.component("skinapp_linked_zoom", **browser_part("linked_zoom"))


@dataclass(frozen=True, eq=False)
class ZoomPanel:
    """A picture, as an address, with a label, one line under it, and perhaps a mark and outlines on it."""

    label: str
    source: str
    words: str = ""
    mark: str = ""
    outlines: Outlines | None = None


def linked_zoom(panels: list[ZoomPanel], key: str) -> None:
    """The pictures side by side, on a phone as a strip to swipe; zoomed and moved together."""
    outlines = next((panel.outlines for panel in panels if panel.outlines), None)
    _row(
        key=key,
        data={
            "key": key,
            "panels": [_panel_data(panel) for panel in panels],
            "width": outlines.width if outlines else 1,
            "height": outlines.height if outlines else 1,
            "zoomLabel": _("Zoom"),
            "resetLabel": _("Whole picture"),
            "rowLabel": _("The same part in every picture. Plus and minus zoom, arrows move."),
            "help": _("Double-click to zoom, drag to move."),
        },
    )


def _panel_data(panel: ZoomPanel) -> dict[str, str]:
    return {
        "source": panel.source,
        "label": panel.label,
        "words": panel.words,
        "mark": panel.mark,
        "outline": panel.outlines.path if panel.outlines else "",
    }
