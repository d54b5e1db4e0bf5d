"""Paper B's study beside the same done here: sampling, size of the training part, and the leak of lesions."""

import plotly.graph_objects as go
import streamlit as st

from skinapp.i18n import format_percent, format_signed
from skinapp.i18n import gettext as _
from skinapp.services.scoring.reported import SAMPLING_STUDY
from skinapp.services.scoring.sampling import BY_IMAGE, BY_LESION, StudyRow, flattery
from skinapp.ui import caching
from skinapp.ui.figure import Numbers, show_figure
from skinapp.ui.paper_marks import reported_trace

_MARGIN = 0.02  # of accuracy, beside the outermost marks
_MARKS = {BY_LESION: ("#0072B2", "circle"), BY_IMAGE: ("#E69F00", "square-open")}


def sampling_part() -> None:
    """The runs in one chart and one table; nothing where the study never ran."""
    rows = caching.study_rows()
    if not rows:
        return
    st.subheader(_("The sampling study, done again here"), anchor=False)
    st.markdown(_sentence(rows))
    show_figure(
        _chart(rows),
        "sampling",
        _("Accuracy of each run, drawn by lesion and by photograph, beside what the paper reports"),
        _numbers(rows),
    )
    st.caption(
        _(
            "A small network ({model}, {side} px) in place of the paper's, from ImageNet weights, one "
            "training each; bars are 95% intervals over lesions. Undersampling keeps as many photographs "
            "of each class as the rarest has; oversampling draws the classes evenly. Every run tests on its "
            "own part."
        ).format(model=rows[0].model, side=rows[0].side_px)
    )


def _sentence(rows: tuple[StudyRow, ...]) -> str:
    gain = flattery(rows)
    leaked = [row for row in rows if row.unit == BY_IMAGE]
    if gain is None:
        return _("Drawn by lesion, so that no lesion is on both sides.")
    share = sum(row.shared for row in leaked) / sum(row.accuracy.n for row in leaked)
    return _(
        "Drawn by photograph, {share} of the test photographs show a lesion that the training saw too; that "
        "changed the accuracy by {gain} and the balanced accuracy by {balanced} on average against the same "
        "runs drawn by lesion."
    ).format(
        share=format_percent(share),
        gain=format_signed(gain, 3),
        balanced=format_signed(flattery(rows, "balanced_accuracy"), 3),
    )


def _chart(rows: tuple[StudyRow, ...]) -> go.Figure:
    figure = go.Figure()
    for unit, (colour, symbol) in _MARKS.items():
        known = [row for row in rows if row.unit == unit]
        figure.add_trace(
            go.Scatter(
                x=[row.accuracy.value for row in known],
                y=[_label(row.sampling, row.ratio) for row in known],
                error_x={
                    "array": [row.accuracy.high - row.accuracy.value for row in known],
                    "arrayminus": [row.accuracy.value - row.accuracy.low for row in known],
                    "width": 4,
                    "color": colour,
                },
                mode="markers",
                marker={"symbol": symbol, "size": 9, "color": colour, "line": {"width": 2}},
                name=_unit_words(unit),
                hovertemplate="%{y}: %{x:.3f}<extra></extra>",
            )
        )
    labels = [_label(*key) for key in SAMPLING_STUDY]
    figure.add_trace(reported_trace(list(SAMPLING_STUDY.values()), labels))
    shown = [
        *SAMPLING_STUDY.values(),
        *(row.accuracy.low for row in rows),
        *(row.accuracy.high for row in rows),
    ]
    figure.update_xaxes(title=_("Accuracy"), range=[min(shown) - _MARGIN, max(shown) + _MARGIN])
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_traces(orientation="h")
    figure.update_layout(height=130 + 44 * len(SAMPLING_STUDY), scattermode="group", scattergap=0.2)
    return figure


def _numbers(rows: tuple[StudyRow, ...]) -> Numbers:
    return [
        {
            _("Run"): _label(row.sampling, row.ratio),
            _("Drawn"): _unit_words(row.unit),
            _("Accuracy"): round(row.accuracy.value, 4),
            _("from"): round(row.accuracy.low, 4),
            _("to"): round(row.accuracy.high, 4),
            _("Balanced accuracy"): round(row.balanced_accuracy.value, 4),
            _("Test photographs"): row.accuracy.n,
            _("of lesions in training"): row.shared,
            _("Reported in the paper"): SAMPLING_STUDY[row.sampling, row.ratio],
        }
        for row in rows
    ]


def _label(sampling: str, ratio: str) -> str:
    words = {"under": _("undersampling"), "over": _("oversampling")}
    return f"{words[sampling]}, {ratio}"


def _unit_words(unit: str) -> str:
    return {BY_LESION: _("drawn by lesion"), BY_IMAGE: _("drawn by photograph")}[unit]
