"""How a figure that a paper reports is marked in charts: an open diamond, and whose it is."""

from collections.abc import Sequence

import plotly.graph_objects as go

from skinapp.i18n import gettext as _
from skinapp.ui.figure import folded

_COLOUR = "#CC79A7"


def reported_trace(values: Sequence[float], labels: Sequence[str]) -> go.Scatter:
    """One diamond for each value, in the row of its label."""
    return go.Scatter(
        x=list(values),
        y=list(labels),
        mode="markers",
        marker={"symbol": "diamond-open", "size": 12, "color": _COLOUR, "line": {"width": 2}},
        name=folded(_("reported in the paper, other data or split")),
        hovertemplate="%{y}: %{x:.3f}<extra></extra>",
    )
