"""Is it fair: the classifier on smartphone photographs of lighter and darker skin."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from skinapp.i18n import format_number
from skinapp.i18n import gettext as _
from skinapp.metrics.bootstrap import Interval
from skinapp.services.scoring.fairness import SkinGroup, fairness_sentences, skin_groups
from skinapp.ui import caching
from skinapp.ui.figure import QUIET, show_figure
from skinapp.ui.metrics_choices import classifier_choice, headline, say_evaluate


def fairness_part() -> None:
    """A figure for each group of Fitzpatrick types, and what the counts cannot show."""
    top = st.container()
    model = classifier_choice("fairness")
    if model is None:
        return
    table = caching.clinical_table(model.name)
    if not len(table):
        say_evaluate(_("It was not scored on PAD-UFES-20 (smartphone photographs with skin types) yet."))
        return
    sentences = fairness_sentences(table)
    if sentences:
        with top:
            headline(sentences[0])
    for sentence in sentences[1:]:
        st.markdown(f"**{sentence}**")
    groups = skin_groups(table)
    show_figure(
        _chart(groups),
        "fairness",
        _("AUC of each group of skin types with its interval"),
        [_numbers(group) for group in groups],
    )
    st.table([_row(group) for group in groups], hide_index=True)
    st.caption(
        _(
            "PAD-UFES-20: smartphone photographs from Brazil, diagnoses mapped to the nearest of our classes "
            "(squamous cell carcinoma counts as suspicious). The model learned from dermoscopy, so it does "
            "worse here than on its own test rows, on any skin. Suspicious: malignant or pre-malignant with "
            "probability of at least 50%. Intervals draw whole patients. Groups also differ in age, body "
            "site and diagnoses."
        )
    )


def _chart(groups: tuple[SkinGroup, ...]) -> go.Figure:
    known = [group for group in groups if not np.isnan(group.auc.value)]
    figure = go.Figure(
        go.Scatter(
            x=[group.auc.value for group in known],
            y=[f"{_(group.name)}, n = {group.n}" for group in known],
            error_x={
                "array": [group.auc.high - group.auc.value for group in known],
                "arrayminus": [group.auc.value - group.auc.low for group in known],
                "width": 6,
            },
            mode="markers",
            marker={"size": 12, "color": "#0072B2"},
            hovertemplate="%{y}: %{x:.2f}<extra></extra>",
        )
    )
    figure.add_vline(x=0.5, line={"dash": "dot", "color": QUIET}, annotation_text=_("chance"))
    figure.update_xaxes(title=_("AUC: suspicious against benign"), range=[0.3, 1.0])
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_layout(height=120 + 50 * len(known), showlegend=False)
    return figure


def _row(group: SkinGroup) -> dict[str, str]:
    return {
        _("Skin type"): _(group.name),
        _("Photographs"): str(group.n),
        _("Patients"): str(group.patients),
        _("Suspicious"): str(group.suspicious),
        _("AUC"): _words(group.auc),
        _("Sensitivity"): _words(group.sensitivity),
        _("Specificity"): _words(group.specificity),
    }


def _numbers(group: SkinGroup) -> dict[str, object]:
    counts = {_("Patients"): group.patients, _("Suspicious"): group.suspicious}
    return (
        {_("Skin type"): _(group.name), "n": group.n}
        | counts
        | {
            f"{name} {end}".strip(): round(value, 4)
            for name, interval in (
                ("AUC", group.auc),
                (_("Sensitivity"), group.sensitivity),
                (_("Specificity"), group.specificity),
            )
            for end, value in zip(("", _("low"), _("high")), interval[:3], strict=True)
        }
    )


def _words(interval: Interval) -> str:
    if np.isnan(interval.value):
        return _("no cases")
    value, low, high = (format_number(part) for part in interval[:3])
    return _("{value} ({low} to {high})").format(value=value, low=low, high=high)
