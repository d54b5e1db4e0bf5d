"""One way to show a Plotly figure: in both themes, with its numbers, and both to download."""

import csv
import io
import textwrap
from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.i18n import number_separators
from skinapp.ui.charts import TEXT_COLOURS

Numbers = list[dict[str, Any]]  # one row for each mark of the figure

BACKGROUNDS = {"light": "#FFFFFF", "dark": "#12171D"}  # as in .streamlit/config.toml
GRID = "rgba(128, 140, 152, 0.28)"
QUIET = "rgba(128, 140, 152, 0.9)"
HEIGHT_PX = 380


def show_figure(
    figure: go.Figure,
    name: str,
    words: str,
    numbers: Numbers,
    on_select: Callable[[], None] | None = None,
) -> None:
    """The figure with its numbers beneath; ``words`` say what it shows to who cannot see it.

    ``name`` is the widget's key and, with an ending, the name of the files. The picture is saved by the
    camera button of the figure. ``on_select`` is called when a point was clicked.
    """
    st.plotly_chart(
        themed(figure),
        key=f"metrics_{name}",
        config={
            "displaylogo": False,
            "displayModeBar": True,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {"format": "png", "filename": f"skinapp-{name}", "scale": 2},
        },
        alt=words,
        **({"on_select": on_select, "selection_mode": "points"} if on_select else {}),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            _("Numbers (CSV)"),
            numbers_csv(numbers),
            f"skinapp-{name}.csv",
            "text/csv",
            key=f"metrics_csv_{name}",
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
        )
        with st.popover(_("Numbers as a table"), icon=":material/table_rows:", type="tertiary"):
            st.table(numbers, hide_index=True)


def folded(label: str, width: int = 28) -> str:
    """A label on lines of at most ``width`` letters, so that marks keep their room on a phone.

    >>> folded("U-Net, EfficientNet-B3, ISIC 2018", 24)
    'U-Net, EfficientNet-B3,<br>ISIC 2018'
    """
    return "<br>".join(textwrap.wrap(label, width, break_on_hyphens=False))


def themed(figure: go.Figure) -> go.Figure:
    """Colours of the visitor's theme, also for the saved picture; quiet grid, room for labels."""
    theme = st.context.theme.type or "light"
    text, ground = TEXT_COLOURS[theme], BACKGROUNDS[theme]
    figure.update_layout(
        font={"size": 13, "color": text},
        separators=number_separators(),
        paper_bgcolor=ground,
        plot_bgcolor=ground,
        margin={"l": 8, "r": 16, "t": 34, "b": 8},
        hoverlabel={"font": {"size": 13}},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": QUIET, "activecolor": text},
    )
    if figure.layout.height is None:
        figure.update_layout(height=HEIGHT_PX)
    axis = {"automargin": True, "gridcolor": GRID, "zeroline": False, "linecolor": GRID, "fixedrange": True}
    words = {"tickfont": {"color": text}, "title": {"font": {"color": text}}}  # Streamlit's would be pale
    figure.update_xaxes(**axis, **words)
    figure.update_yaxes(**axis, **words)
    return figure


def numbers_csv(numbers: Numbers) -> bytes:
    """The rows as CSV in UTF-8, with the heads as they are on screen."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(dict.fromkeys(key for row in numbers for key in row)))
    writer.writeheader()
    writer.writerows(numbers)
    return out.getvalue().encode()
