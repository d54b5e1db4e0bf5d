"""What did the papers report: their figures, always marked as theirs."""

import plotly.graph_objects as go
import streamlit as st

from skinapp.i18n import format_number
from skinapp.i18n import gettext as _
from skinapp.metrics.bootstrap import Interval
from skinapp.services.scoring.reported import NOTES, Reported, reported_rows
from skinapp.services.scoring.scored import ScoredModel
from skinapp.ui import caching
from skinapp.ui.figure import folded, show_figure
from skinapp.ui.metrics_choices import headline, say_evaluate, task_choice
from skinapp.ui.metrics_sampling import sampling_part
from skinapp.ui.model_marks import mark_of
from skinapp.ui.paper_marks import reported_trace

_SHOWN = {"outline": ("iou", "segmentation"), "class": ("accuracy", "classification")}
_HEADS = (
    "iou",
    "dice",
    "accuracy",
    "pixel_accuracy",
    "precision",
    "recall",
    "specificity",
    "f1",
    "balanced_accuracy",
)


def papers_part() -> None:
    """Each paper's row beside ours in one picture, never averaged, and the tables as the papers give them."""
    task = task_choice("papers")
    key, kind = _SHOWN[task]
    rows = [row for row in reported_rows() if row.task == kind]
    with st.spinner(_("Loading the figures")):
        ours = caching.scored_outlines("crop") if task == "outline" else caching.scored_classifiers()
    headline(
        _("Reported in the papers, on other data or other splits: read each row by itself, not against ours.")
    )
    st.table([_table_row(row, rows) for row in rows], hide_index=True)
    for note in NOTES if task == "class" else NOTES[-1:]:
        if task == "outline" or note != NOTES[-1]:
            st.caption(_(note))
    if not ours:
        say_evaluate(_("No model was scored on this computer yet."))
    words = _("IoU") if task == "outline" else _("Accuracy")
    st.subheader(_("{measure}: reported there, measured here").format(measure=words), anchor=False)
    shown = [row for row in rows if key in row.figures]
    show_figure(
        _chart(shown, ours, key, words),
        f"papers-{task}",
        _("Reported figures of the papers, and ours with intervals"),
        _numbers(shown, ours, key, words),
    )
    if task == "class":
        sampling_part()


def _table_row(row: Reported, rows: list[Reported]) -> dict[str, str]:
    heads = [key for key in _HEADS if any(key in other.figures for other in rows)]
    figures = {
        _names()[key]: format_number(row.figures[key], 3) if key in row.figures else "–" for key in heads
    }
    return {_("Paper"): row.paper, _("Model"): row.model, _("Data"): _(row.data)} | figures


def _names() -> dict[str, str]:
    return {
        "iou": _("IoU"),
        "dice": _("Dice"),
        "accuracy": _("Accuracy"),
        "pixel_accuracy": _("Pixel accuracy"),
        "precision": _("Precision"),
        "recall": _("Sensitivity"),
        "specificity": _("Specificity"),
        "f1": _("F1"),
        "balanced_accuracy": _("Balanced accuracy"),
    }


def _chart(rows: list[Reported], ours: tuple[ScoredModel, ...], key: str, words: str) -> go.Figure:
    """Open diamonds for the papers, filled marks with intervals for the models here."""
    figure = go.Figure(
        reported_trace([row.figures[key] for row in rows], [folded(_label(row)) for row in rows])
    )
    known = [model for model in ours if key in model.intervals]
    for model in known:
        figure.add_trace(_own(model, model.intervals[key]))
    figure.update_xaxes(title=words)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_layout(height=150 + 48 * (len(rows) + len(known)))
    return figure


def _own(model: ScoredModel, interval: Interval) -> go.Scatter:
    mark = mark_of(model)
    return go.Scatter(
        x=[interval.value],
        y=[folded(_("{title}, here").format(title=model.title))],
        error_x={
            "array": [interval.high - interval.value],
            "arrayminus": [interval.value - interval.low],
            "width": 5,
            "color": mark.colour,
        },
        mode="markers",
        marker={"symbol": mark.symbol, "size": 11, "color": mark.colour},
        showlegend=False,
        hovertemplate="%{y}: %{x:.3f}<extra></extra>",
    )


def _numbers(
    rows: list[Reported], ours: tuple[ScoredModel, ...], key: str, words: str
) -> list[dict[str, object]]:
    reported = [
        {
            _("Row"): _label(row),
            words: row.figures[key],
            _("Origin"): _("reported in the paper, other data or split"),
        }
        for row in rows
    ]
    measured = [
        {_("Row"): model.title, words: round(model.intervals[key].value, 4), _("Origin"): _("measured here")}
        for model in ours
        if key in model.intervals
    ]
    return reported + measured


def _label(row: Reported) -> str:
    return f"{row.model}, {_(row.data)}"
