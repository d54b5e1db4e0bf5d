"""Can I trust the probability: reliability, ROC and precision-recall, confusion matrices."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from skinapp.i18n import format_number, format_percent
from skinapp.i18n import gettext as _
from skinapp.labels import most_dangerous
from skinapp.metrics.calibration import reliability_bins
from skinapp.metrics.classification import confusion_matrix, roc_auc
from skinapp.metrics.curves import Curve, average_precision, threshold_curve
from skinapp.services.scoring.classes import labels_of, probabilities
from skinapp.services.scoring.frames import SURE
from skinapp.services.scoring.measures import measure
from skinapp.services.scoring.scored import ScoredModel
from skinapp.ui.caution_figures import caution_figures
from skinapp.ui.figure import QUIET, show_figure
from skinapp.ui.interval_table import interval_words
from skinapp.ui.lasting_choice import lasting_choice
from skinapp.ui.lesion_names import class_words
from skinapp.ui.metrics_choices import classifier_choice, headline, segments

_BLUE = "#0072B2"
_BINS = 10


def probability_part() -> None:
    """Four charts of one classifier, the plainest first."""
    top = st.container()
    model = classifier_choice("probability")
    if model is None:
        return
    probs, targets = probabilities(model.table)
    error = measure("expected_calibration_error")
    with top:
        headline(
            _("When it says 80%, is it right 80 times in 100? The mean gap is {gap}.").format(
                gap=interval_words(model.intervals[error.key], error)
            )
        )
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("Probability and what became true"), anchor=False)
        _reliability(probs, targets)
    with right:
        st.subheader(_("What is taken for what"), anchor=False)
        _confusion(probs, targets, labels_of(model.table))
    code = _class_choice(labels_of(model.table))
    index = labels_of(model.table).index(code)
    _curves(probs[:, index], targets == index, code)
    caution_figures(model.name)
    _small_print(model)


def _class_choice(labels: tuple[str, ...]) -> str:
    """The class whose curves are shown, the most dangerous at first."""
    return lasting_choice(
        _("Curves for"),
        {code: class_words(code) for code in labels},
        f"metrics_curves_class_{len(labels)}",
        first=most_dangerous(labels),
        width=320,
    )


def _reliability(probs: np.ndarray, targets: np.ndarray) -> None:
    bins = reliability_bins(probs, targets, _BINS)
    there = bins.count > 0
    confidence, right, count = bins.confidence[there], bins.accuracy[there], bins.count[there]
    figure = go.Figure(
        [
            go.Scatter(
                x=[0, 1], y=[0, 1], mode="lines", line={"dash": "dot", "color": QUIET}, name=_("perfect")
            ),
            go.Scatter(
                x=confidence,
                y=right,
                mode="markers+lines",
                marker={"size": 8 + 22 * np.sqrt(count / count.max()), "color": _BLUE, "opacity": 0.85},
                line={"color": _BLUE, "width": 1},
                name=_("this model; larger: more photographs"),
                customdata=count,
                hovertemplate="%{x:.0%} → %{y:.0%}, n = %{customdata}<extra></extra>",
            ),
        ]
    )
    figure.update_xaxes(title=_("Probability given"), range=[0, 1.05], tickformat=".0%")
    figure.update_yaxes(title=_("Share that was right"), range=[0, 1.08], tickformat=".0%")
    numbers = [
        {_("Probability given"): round(float(x), 4), _("Share right"): round(float(y), 4), "n": int(n)}
        for x, y, n in zip(confidence, right, count, strict=True)
    ]
    show_figure(figure, "reliability", _("Probability given against the share that was right"), numbers)


def _confusion(probs: np.ndarray, targets: np.ndarray, labels: tuple[str, ...]) -> None:
    kind = segments(
        _("Cells show"),
        {"count": _("Counts"), "row": _("Share of the true class"), "column": _("Share of the named class")},
        "confusion",
    )
    matrix = confusion_matrix(probs.argmax(axis=1), targets, len(labels))
    totals = {"row": matrix.sum(axis=1, keepdims=True), "column": matrix.sum(axis=0, keepdims=True)}
    shares = matrix / np.maximum(totals.get(kind, totals["row"]), 1)
    texts = [
        [str(count) if kind == "count" else format_percent(share) for count, share in zip(*rows, strict=True)]
        for rows in zip(matrix.tolist(), shares.tolist(), strict=True)
    ]
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=labels,
            y=labels,
            text=texts,
            texttemplate="%{text}",
            colorscale="Cividis",
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate=_("true {y}, named {x}: {text}").format(y="%{y}", x="%{x}", text="%{text}")
            + "<extra></extra>",
        )
    )
    figure.update_xaxes(title=_("Named class"), showgrid=False)
    figure.update_yaxes(title=_("True class"), autorange="reversed", showgrid=False)
    numbers = [
        {_("True class"): code} | dict(zip(labels, row, strict=True))
        for code, row in zip(labels, texts, strict=True)
    ]
    show_figure(figure, f"confusion-{kind}", _("True classes in rows, named classes in columns"), numbers)
    whole = _("named") if kind == "column" else _("true")
    st.caption(_("Brighter: a larger share of the {whole} class.").format(whole=whole))


def _curves(scores: np.ndarray, positives: np.ndarray, code: str) -> None:
    if positives.all() or not positives.any():
        st.caption(_("No photograph of this class was scored."))
        return
    curve = threshold_curve(scores, positives)
    left, right = st.columns(2, gap="large")
    with left:
        area = format_number(roc_auc(scores, positives))
        st.subheader(_("Found against false alarms (ROC), AUC {area}").format(area=area), anchor=False)
        _roc(curve, code)
    with right:
        area = format_number(average_precision(scores, positives))
        st.subheader(_("Precision against found, average {area}").format(area=area), anchor=False)
        _precision_recall(curve, code, float(positives.mean()))


def _roc(curve: Curve, code: str) -> None:
    figure = go.Figure(
        [
            go.Scatter(
                x=[0, 1], y=[0, 1], mode="lines", line={"dash": "dot", "color": QUIET}, name=_("chance")
            ),
            _stepped(1 - curve.specificity, curve.sensitivity, curve, class_words(code)),
        ]
    )
    figure.update_xaxes(title=_("False alarms (1 − specificity)"), range=[-0.01, 1], tickformat=".0%")
    figure.update_yaxes(title=_("Found (sensitivity)"), range=[0, 1.02], tickformat=".0%")
    show_figure(figure, f"roc-{code}", _("Sensitivity against false alarms"), _curve_numbers(curve))


def _precision_recall(curve: Curve, code: str, share: float) -> None:
    chance = go.Scatter(
        x=[0, 1], y=[share, share], mode="lines", line={"dash": "dot", "color": QUIET}, name=_("chance")
    )
    figure = go.Figure([chance, _stepped(curve.sensitivity, curve.precision, curve, class_words(code))])
    figure.update_xaxes(title=_("Found (sensitivity)"), range=[0, 1.01], tickformat=".0%")
    figure.update_yaxes(title=_("Right among the called (precision)"), range=[0, 1.02], tickformat=".0%")
    show_figure(figure, f"pr-{code}", _("Precision against sensitivity"), _curve_numbers(curve))


def _stepped(x: np.ndarray, y: np.ndarray, curve: Curve, name: str) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": _BLUE, "width": 2.5},
        name=name,
        customdata=curve.threshold,
        hovertemplate="%{x:.0%}, %{y:.0%}<br>" + _("threshold") + " %{customdata:.3f}<extra></extra>",
    )


def _curve_numbers(curve: Curve) -> list[dict[str, float]]:
    """At most 40 points, evenly over the curve."""
    chosen = np.unique(np.linspace(1, curve.threshold.size - 1, 40).astype(int))
    return [
        {
            _("Threshold"): round(float(curve.threshold[k]), 4),
            _("Sensitivity"): round(float(curve.sensitivity[k]), 4),
            _("Specificity"): round(float(curve.specificity[k]), 4),
            _("Precision"): round(float(curve.precision[k]), 4),
        }
        for k in chosen
    ]


def _small_print(model: ScoredModel) -> None:
    words = _(
        "{title} on {n} test photographs of HAM10000, which are square crops. Its probabilities were scaled "
        "on validation photographs (temperature); a clinic with other patients would see other shares."
    ).format(title=model.title, n=len(model.table))
    st.caption(" ".join([words, *_frame_words(model.whole_frames)]))


def _frame_words(found: dict[str, Any]) -> Iterator[str]:
    """How alike whole frames and crops are named, where that was looked at."""
    if found:
        yield _(
            "Of {n} test photographs of ISIC 2018, {same} are named alike as whole frame and as crop."
        ).format(n=found["n"], same=format_percent(found["same_class"]))
    if "same_class_sure" in found:
        yield _("Of those whose crop's class has {sure} or more (n = {n}), {same} are.").format(
            sure=format_percent(SURE), n=found["n_sure"], same=format_percent(found["same_class_sure"])
        )
