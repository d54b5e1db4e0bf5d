"""What threshold: what a choice means for 1,000 people."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from skinapp.i18n import format_number, format_percent
from skinapp.i18n import gettext as _
from skinapp.metrics.bootstrap import bootstrap_intervals
from skinapp.metrics.classification import sensitivity_specificity
from skinapp.metrics.curves import threshold_for_sensitivity
from skinapp.metrics.prevalence import People, people, predictive_values
from skinapp.services.scoring.classes import labels_of, probabilities, suspicion
from skinapp.services.scoring.scored import ScoredModel
from skinapp.ui.figure import show_figure
from skinapp.ui.metrics_choices import classifier_choice, headline, segments

FIXED_SENSITIVITY = 0.95
_COLUMNS = 50
_PREVALENCES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
_THRESHOLD = "metrics_threshold"
# Plotly's symbol, colour of Okabe & Ito: never by colour alone.
_KINDS = (("diamond", "#D55E00"), ("x", "#CC79A7"), ("triangle-up", "#E69F00"), ("circle-open", "#8A949E"))
_RESAMPLES = 500


def threshold_part() -> None:
    """Sliders for threshold and prevalence, the four figures, and the people."""
    top = st.container()
    model = classifier_choice("threshold")
    if model is None:
        return
    target = _target_choice(model)
    scores, positives = _cases(model, target)
    if positives.all() or not positives.any():
        st.caption(_("No photograph of this kind was scored."))
        return
    strict = threshold_for_sensitivity(scores, positives, FIXED_SENSITIVITY)
    left, right = st.columns([2, 3], gap="large")
    with left:
        threshold, prevalence = _sliders(strict)
        sensitivity, specificity = sensitivity_specificity(scores, positives, threshold)
        _four_figures(sensitivity, specificity, prevalence)
    four = people(sensitivity, specificity, prevalence)
    words = _people_words(four, target)
    with top:
        headline(words)
    with right:
        _icon_array(four, words)
    _fixed_words(model, scores, positives, strict)


def _target_choice(model: ScoredModel) -> str:
    """Melanoma or anything suspicious; a model of two classes knows the second alone."""
    if "mel" not in labels_of(model.table):
        return "suspicious"
    return segments(
        _("Looking for"), {"mel": _("Melanoma"), "suspicious": _("Anything suspicious")}, "threshold_target"
    )


def _cases(model: ScoredModel, target: str) -> tuple[np.ndarray, np.ndarray]:
    if target == "suspicious":
        return suspicion(model.table)
    probs, targets = probabilities(model.table)
    index = labels_of(model.table).index(target)
    return probs[:, index], targets == index


def _sliders(strict: float) -> tuple[float, float]:
    threshold = st.slider(
        _("Alarm from this probability on"),
        0.01,
        0.99,
        0.5,
        0.01,
        key=_THRESHOLD,
        persist_state="session",
        help=_("Lower: fewer are missed and more are alarmed for nothing."),
    )
    st.button(
        _("Set it to find {share} of them").format(share=format_percent(FIXED_SENSITIVITY)),
        key="metrics_threshold_fix",
        on_click=_set_threshold,
        args=(strict,),
    )
    prevalence = st.select_slider(
        _("How many of those who come are ill"),
        _PREVALENCES,
        0.02,
        format_func=lambda share: format_percent(share, 1),
        key="metrics_prevalence",
        persist_state="session",
        help=_("Among the test photographs there are far more than in a practice."),
    )
    return threshold, prevalence


def _set_threshold(strict: float) -> None:
    """The next lower step of the slider, so that no less is found."""
    st.session_state[_THRESHOLD] = max(0.01, float(np.floor(100 * strict) / 100))


def _four_figures(sensitivity: float, specificity: float, prevalence: float) -> None:
    positive, negative = predictive_values(sensitivity, specificity, prevalence)
    figures = (
        (_("Sensitivity"), sensitivity, _("Share of the ill who are found.")),
        (_("Specificity"), specificity, _("Share of the well who are not alarmed.")),
        (_("Ill if alarmed (PPV)"), positive, _("Share of the alarmed who are ill, at this prevalence.")),
        (_("Well if cleared (NPV)"), negative, _("Share of the cleared who are well, at this prevalence.")),
    )
    with st.container(key="metrics_measurements"):
        for pair in (figures[:2], figures[2:]):
            for column, (name, value, words) in zip(st.columns(2, wrap=False), pair, strict=True):
                column.metric(name, "–" if np.isnan(value) else format_percent(value, 1), help=words)


def _people_words(four: People, target: str) -> str:
    ill = four.found + four.missed
    name = _("melanoma") if target == "mel" else _("a suspicious lesion")
    words = _(
        "Of 1,000 people {ill} have {name}: {found} are found, {missed} missed. Of the other {well}, "
        "{alarmed} are alarmed for nothing."
    )
    return words.format(ill=ill, name=name, well=1000 - ill, **four._asdict())


def _icon_array(four: People, words: str) -> None:
    """A thousand people as marks: what the sentence ``words`` says, to be counted."""
    names = (_("ill, found"), _("ill, missed"), _("well, alarmed"), _("well, cleared"))
    starts = np.cumsum((0, *four))
    figure = go.Figure()
    for (symbol, colour), label, start, count in zip(_KINDS, names, starts, four, strict=False):
        places = np.arange(start, start + count)
        figure.add_trace(
            go.Scatter(
                x=places % _COLUMNS,
                y=places // _COLUMNS,
                mode="markers",
                marker={"symbol": symbol, "color": colour, "size": 8, "line": {"width": 1}},
                name=f"{label}: {count}",
                hoverinfo="name",
            )
        )
    figure.update_xaxes(visible=False, range=[-1, _COLUMNS])
    figure.update_yaxes(visible=False, range=[1000 / _COLUMNS, -1])
    figure.update_layout(showlegend=True)
    show_figure(figure, "people", words, [dict(zip(names, four, strict=True))])


def _fixed_words(model: ScoredModel, scores: np.ndarray, positives: np.ndarray, strict: float) -> None:
    def left_over(cases: np.ndarray) -> np.ndarray:
        some, ill = scores[cases], positives[cases]
        if ill.all() or not ill.any():
            return np.array([np.nan])
        at = threshold_for_sensitivity(some, ill, FIXED_SENSITIVITY)
        return np.array([np.mean(some[~ill] < at)])

    lesions = model.table.words("lesion_id") if model.table.has("lesion_id") else None
    (interval,) = bootstrap_intervals(left_over, len(scores), lesions, _RESAMPLES)
    words = _(
        "To find {wanted} of them the alarm must start at {threshold}; then {specificity} of the others are "
        "left in peace (95% interval {low} to {high}, {positives} photographs of {n} are positive)."
    )
    st.markdown(
        words.format(
            wanted=format_percent(FIXED_SENSITIVITY),
            threshold=format_number(strict, 3),
            specificity=format_percent(interval.value),
            low=format_percent(interval.low),
            high=format_percent(interval.high),
            positives=int(positives.sum()),
            n=positives.size,
        )
    )
    st.caption(
        _(
            "A threshold read off the test photographs looks a little better than it will be on new ones. "
            "Patients of a practice differ from those whose photographs were collected."
        )
    )
