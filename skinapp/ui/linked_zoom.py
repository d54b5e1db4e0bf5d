"""Pictures of one size with one zoom, in a row or a grid: a component for mouse, touch and keyboard."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.ui.pictures import Line, Outlines, browser_part

_row = st.components.v2.component("skinapp_linked_zoom", **browser_part("linked_zoom"))


@dataclass(frozen=True, eq=False)
class ZoomPanel:
    """A picture, as an address, with a label, one line under it, and perhaps a mark and outlines on it.

    In a grid it may have badges and a sample of its line; panels with one ``group`` stand two abreast in one
    block, a ``wide`` one in a line of its own with its words beside it.
    """

    label: str
    source: str
    words: str = ""
    mark: str = ""
    outlines: tuple[Outlines, ...] = ()
    badges: tuple[str, ...] = ()
    sample: Line | None = None
    group: str = ""
    wide: bool = False


def linked_zoom(panels: list[ZoomPanel], key: str, columns: int = 0, aspect: float = 1) -> None:
    """The pictures side by side, on a phone as a strip to swipe; zoomed and moved together.

    With ``columns`` as a grid, two columns on a phone. ``aspect`` is width / height of each window.
    """
    outlines = next((panel.outlines[0] for panel in panels if panel.outlines), None)
    _row(
        key=key,
        data={
            "key": key,
            "panels": [_panel_data(panel) for panel in panels],
            "columns": columns,
            "aspect": aspect,
            "width": outlines.width if outlines else 1,
            "height": outlines.height if outlines else 1,
            "zoomLabel": _("Zoom"),
            "resetLabel": _("Whole picture"),
            "rowLabel": _("The same part in every picture. Plus and minus zoom, arrows move."),
            "help": _("Double-click to zoom, drag to move."),
        },
    )


def _panel_data(panel: ZoomPanel) -> dict[str, Any]:
    return {
        "source": panel.source,
        "label": panel.label,
        "words": panel.words,
        "mark": panel.mark,
        "outlines": [{"path": outlines.path} | outlines.line.data for outlines in panel.outlines],
        "badges": list(panel.badges),
        "sample": panel.sample.data if panel.sample else None,
        "group": panel.group,
        "wide": panel.wide,
    }
