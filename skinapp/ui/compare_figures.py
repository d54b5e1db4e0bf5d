"""A comparison in numbers: how alike every two outlines are, and how each matches the true one."""

import plotly.graph_objects as go
import streamlit as st

from skinapp.i18n import format_number, number_separators
from skinapp.i18n import gettext as _
from skinapp.ui.charts import TEXT_COLOURS
from skinapp.ui.compare_pictures import Shown
from skinapp.ui.figure import folded

_LOWEST = 0.5  # where the colours of the map begin, unless a pair is less alike
_ROW_PX = 46


def iou_chart(shown: Shown) -> None:
    """The IoU of every two outlines as a map with numbers, and what the other map means."""
    if len(shown.titles) < 2:
        return
    st.header(_("How alike the outlines are"), anchor=False)
    st.plotly_chart(
        iou_figure(shown.known.ious, shown.titles),
        key="compare_ious",
        config={"displayModeBar": False, "staticPlot": True},
        alt=_("IoU of every two outlines"),
    )
    st.caption(
        _(
            "IoU: the part that two outlines share, divided by what they cover together; 1 is the same "
            "outline. Agreement is the mean with the others. Disagreement on a pixel is the entropy of the "
            "vote, −p log₂ p − (1 − p) log₂ (1 − p) bits, with p the share of outlines that hold the pixel: "
            "0 where all agree, 1 where half does not. The consensus holds the pixels with p over one half."
        )
    )


def iou_figure(ious, titles: tuple[str, ...]) -> go.Figure:
    """The figure behind `iou_chart`: rows are named in full, columns by their numbers."""
    numbers = [title.split(" ", 1)[0] for title in titles]
    colour = TEXT_COLOURS.get(st.context.theme.type)
    figure = go.Figure(
        go.Heatmap(
            z=ious,
            x=numbers,
            y=[folded(title, 18) for title in titles],
            zmin=min(_LOWEST, float(ious.min())),
            zmax=1,
            colorscale="Viridis",
            text=[[format_number(value) for value in row] for row in ious],
            texttemplate="%{text}",
            xgap=2,
            ygap=2,
            colorbar={"title": "IoU", "thickness": 12},
        )
    )
    figure.update_layout(
        height=_ROW_PX * len(titles) + 60,
        margin={"l": 0, "r": 0, "t": 4, "b": 0},
        font={"size": 13, "color": colour},
        separators=number_separators(),
    )
    text = {"tickfont": {"color": colour}}  # Streamlit's would be pale
    figure.update_xaxes(type="category", side="top", fixedrange=True, **text)
    figure.update_yaxes(autorange="reversed", fixedrange=True, ticksuffix=" ", **text)
    return figure


def truth_table(shown: Shown) -> None:
    """Every outline, and their consensus, against the true one."""
    if shown.truth is None:
        return
    st.header(_("Against the true outline"), anchor=False)
    st.table(
        [
            {
                _("Outline"): title,
                "IoU": format_number(score.iou),
                "Dice": format_number(score.dice),
                _("Boundary F1"): format_number(score.boundary_f1),
                _("Hausdorff 95"): f"{format_number(score.hausdorff_95_px, 1)} px",
            }
            for title, score in zip((*shown.titles, _("Consensus")), shown.scores, strict=False)
        ],
        hide_index=True,
    )
    st.caption(
        _(
            "IoU and Dice compare areas, 1 is perfect. Boundary F1 is the share of the border that is right, "
            "give or take 0.75% of the diagonal. Hausdorff 95: 95% of each border lies this near to the "
            "other, in pixels of the compared picture ({width} × {height}). n = 1 photograph."
        ).format(width=shown.known.image.shape[1], height=shown.known.image.shape[0])
    )
