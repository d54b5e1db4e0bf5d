"""Which is best: the table of all figures, accuracy against size, learning curves, others' predictions."""

import plotly.graph_objects as go
import streamlit as st

from skinapp.i18n import format_number, format_signed, marked, ngettext
from skinapp.i18n import gettext as _
from skinapp.labels import HAM7_CODES
from skinapp.services.scoring.classes import labels_of
from skinapp.services.scoring.measures import CLASS, OUTLINE, SUSPICION, Measure
from skinapp.services.scoring.scored import ScoredModel, best_first
from skinapp.ui import caching
from skinapp.ui.errors import escaped
from skinapp.ui.figure import show_figure
from skinapp.ui.interval_table import interval_table, interval_words
from skinapp.ui.metrics_choices import headline, measure_choice, say_evaluate, segments, task_choice
from skinapp.ui.metrics_given import given_rows, predictions_upload
from skinapp.ui.model_marks import mark_of

_MEASURES = {"outline": OUTLINE, "class": CLASS, "suspicion": SUSPICION}


def best_part() -> None:
    """The table sorted by any figure, then the charts."""
    top = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", key="metrics_best_choices"):
        task = task_choice("best", {"suspicion": _("Benign or malignant")})
        frame = _frame_choice() if task == "outline" else "crop"
        measures = _MEASURES[task]
        with st.container(width=260):
            measure = measure_choice(_("Sort by"), measures, f"best_{task}")
    with st.spinner(_("Loading the figures")):
        ours = caching.scored_outlines(frame) if task == "outline" else _classifiers(task)
    models = best_first((*ours, *given_rows(task)), measure)
    if not models:
        say_evaluate(_("No model was scored on this computer yet."))
        return
    with top:
        headline(_best_words(models, measure))
    interval_table(models, measures, measure.key)
    st.caption(_table_words(task, measure))
    if any(key.key not in model.intervals for model in ours for key in measures):
        st.caption(
            _("Figures that are not measured appear once this has run: python -m skinapp evaluate NAME")
        )
    for model in ours:
        if measure.key in model.gain_of_metadata:
            st.caption(_gain_words(model, measure))
    if task != "suspicion":
        predictions_upload(task)
    left, right = st.columns(2, gap="large")
    with left:
        _size_chart(models, measure)
    with right:
        if task != "suspicion":  # a likelihood of two classes is no neighbour of one of seven
            _learning_curves(ours)


def _classifiers(task: str) -> tuple[ScoredModel, ...]:
    """Two classes are easier than seven: their models stand beside the others in ``suspicion`` alone."""
    models = caching.scored_classifiers()
    return tuple(one for one in models if task == "suspicion" or labels_of(one.table) == HAM7_CODES)


def _frame_choice() -> str:
    return segments(_("Photographs"), {"crop": _("Square crops"), "whole": _("Whole frames")}, "best_frame")


def _best_words(models: list[ScoredModel], measure: Measure) -> str:
    """Who leads in this figure, and how many of the others may be as good."""
    known = [(model, model.intervals[measure.key]) for model in models if measure.key in model.intervals]
    if not known:
        return _("{measure}: not measured yet.").format(measure=_(measure.name))
    (first, best), *others = known
    words = _("{measure}: {title} leads with {value}, n = {n}.").format(
        measure=_(measure.name), title=escaped(first.title), value=interval_words(best, measure), n=best.n
    )
    near = sum(one.low <= best.high and one.high >= best.low for _model, one in others)
    if not near:
        return words
    overlap = ngettext(
        "The interval of one other overlaps with it.",
        "The intervals of {count} others overlap with it.",
        near,
    )
    return f"{words} {overlap.format(count=near)}"


def _table_words(task: str, measure: Measure) -> str:
    data = (
        _("Test rows of ISIC 2018 Task 1 at 256 px.")
        if task == "outline"
        else _("Test rows of HAM10000; whole lesions are drawn for the intervals.")
    )
    return _(
        "{name}: {meaning}. {data} Bars are 95% bootstrap intervals, each column on its own scale."
    ).format(name=_(measure.name), meaning=_(measure.meaning), data=data)


def _gain_words(model: ScoredModel, measure: Measure) -> str:
    value, low, high = model.gain_of_metadata[measure.key]
    words = _(
        "{title}, told age, sex and site. {measure} on the same photographs: {value} (95% interval {low} to "
        "{high}), {verdict}."
    )
    is_better = (value > 0) == measure.higher_is_better
    shown = _("an improvement") if is_better else _("it made the answers worse")
    return words.format(
        title=model.title,
        measure=_(measure.name),
        value=format_signed(value, 3),
        low=format_signed(low, 3),
        high=format_signed(high, 3),
        verdict=shown if low > 0 or high < 0 else _("no difference shown"),
    )


def _size_chart(models: list[ScoredModel], measure: Measure) -> None:
    """The figure against time per photograph where it was measured, else against size."""
    known = [model for model in models if model.parameters and measure.key in model.intervals]
    if not known:
        return
    timed = all(model.milliseconds for model in known)
    st.subheader(_("Accuracy against time and size") if timed else _("Accuracy against size"), anchor=False)
    figure = go.Figure()
    for model in known:
        figure.add_trace(_bubble(model, measure, timed))
    figure.update_xaxes(title=_("Milliseconds a photograph") if timed else _("Parameters, millions"))
    figure.update_yaxes(title=_axis_title(measure))
    figure.update_layout(showlegend=True, legend={"itemsizing": "constant"})
    numbers = [
        {
            _("Model"): model.title,
            _(measure.name): interval_words(model.intervals[measure.key], measure),
            _("Parameters"): model.parameters,
            _("Milliseconds"): model.milliseconds,
        }
        for model in known
    ]
    words = _("{measure} of each model against its size").format(measure=_(measure.name))
    show_figure(figure, f"size-{measure.key}", words, numbers)


def _bubble(model: ScoredModel, measure: Measure, timed: bool) -> go.Scatter:
    mark, interval = mark_of(model), model.intervals[measure.key]
    millions = model.parameters / 1e6
    return go.Scatter(
        x=[model.milliseconds if timed else millions],
        y=[interval.value],
        error_y={
            "array": [interval.high - interval.value],
            "arrayminus": [interval.value - interval.low],
            "color": mark.colour,
            "thickness": 1.2,
        },
        mode="markers",
        marker={
            "size": 9 + 6 * millions**0.5,
            "color": mark.colour,
            "symbol": mark.symbol,
            "opacity": 0.85,
            "line": {"width": 1},
        },
        name=model.title,
        hovertemplate=f"{model.title}<br>{format_number(millions, 1)} M<br>%{{y:.3f}}<extra></extra>",
    )


_CURVE_NAMES = {
    "val_iou": marked("IoU on validation photographs"),
    "val_log_likelihood": marked("Log-likelihood on validation photographs"),
}


def _learning_curves(models: tuple[ScoredModel, ...]) -> None:
    """The validation score after each epoch."""
    st.subheader(_("Learning curves"), anchor=False)
    known = [model for model in models if len(model.curve) > 1]
    if known:
        score = next(key for key in known[0].curve[0] if key.startswith("val_"))
        figure = go.Figure([_curve(model, score) for model in known])
        figure.update_xaxes(title=_("Epoch"), dtick=1)
        figure.update_yaxes(title=_(_CURVE_NAMES.get(score, marked("Validation score"))))
        numbers = [{_("Model"): model.title} | dict(step) for model in known for step in model.curve]
        words = _("The validation score of each model after each epoch")
        show_figure(figure, f"curves-{score}", words, numbers)
    others = [model.title for model in models if len(model.curve) <= 1]
    if others:
        words = _(
            "Without a curve of their own, as their weights are the mean of several trainings, or were added "
            "to those of another model: {names}."
        )
        st.caption(words.format(names=", ".join(others)))


def _curve(model: ScoredModel, score: str) -> go.Scatter:
    mark = mark_of(model)
    return go.Scatter(
        x=[step["epoch"] for step in model.curve],
        y=[step.get(score) for step in model.curve],
        mode="lines+markers",
        name=model.title,
        line={"color": mark.colour, "dash": mark.dash},
        marker={"symbol": mark.symbol, "size": 8},
    )


def _axis_title(measure: Measure) -> str:
    return f"{_(measure.name)}, {measure.unit}" if measure.unit else _(measure.name)
