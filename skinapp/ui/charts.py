"""Charts in both themes: text takes the theme's colour, marks the colours of Okabe and Ito."""

import numpy as np
import pandas as pd  # noqa: F401  Plotly asks for it by name, also while another thread still imports it
import plotly.graph_objects as go
import streamlit as st

from skinapp.i18n import format_percent, format_prob
from skinapp.i18n import gettext as _
from skinapp.labels import HAM7_CODES, Group, lesion_class
from skinapp.results import Prediction
from skinapp.ui.lesion_names import GROUP_SYMBOLS, GROUP_WORDS, class_words

# Okabe & Ito 2008: vermillion, orange, bluish green; with a symbol and a word, never colour alone.
GROUP_COLOURS = {Group.MALIGNANT: "#D55E00", Group.PREMALIGNANT: "#E69F00", Group.BENIGN: "#009E73"}
TEXT_COLOURS = {"light": "#1C2530", "dark": "#E7ECF1"}  # as in .streamlit/config.toml
_ROW_PX = 44


def probability_chart(prediction: Prediction, key: str) -> None:
    """One bar for each class, the most probable first, named in full above its bar."""
    st.plotly_chart(
        probability_figure(prediction),
        key=key,
        config={"displayModeBar": False, "staticPlot": True},
        alt=_("Probability of each class"),
    )


def probability_figure(prediction: Prediction) -> go.Figure:
    """The figure behind `probability_chart`."""
    order = np.argsort(-prediction.probs, kind="stable")[::-1]
    groups = [lesion_class(prediction.codes[index]).group for index in order]
    probs = [float(prediction.probs[index]) for index in order]
    figure = go.Figure(
        go.Bar(
            x=probs,
            y=list(range(len(order))),
            orientation="h",
            width=0.34,
            marker={"color": [GROUP_COLOURS[group] for group in groups], "cornerradius": 4},
            text=[_percent_words(prediction, index) for index in order],
            textposition="outside",
            textfont={"size": 14},
            constraintext="none",
            cliponaxis=False,
        )
    )
    for row, (index, group) in enumerate(zip(order, groups, strict=True)):
        _name_above(figure, row, prediction.codes[index], group)
    figure.update_layout(
        height=_ROW_PX * len(order) + 10,
        margin={"l": 0, "r": 44 if prediction.spread is None else 96, "t": 4, "b": 0},
        showlegend=False,
        font={"size": 14, "color": TEXT_COLOURS.get(st.context.theme.type)},
    )
    figure.update_xaxes(range=[0, 1], visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True, range=[-0.4, len(order) - 0.2])
    return figure


def _name_above(figure: go.Figure, row: int, code: str, group: Group) -> None:
    symbol = f'<span style="color:{GROUP_COLOURS[group]}">{GROUP_SYMBOLS[group]}</span>'
    figure.add_annotation(
        x=0,
        y=row + 0.4,
        text=f"{symbol} {_with_group(code, group)}",
        showarrow=False,
        font={"size": 12.5},
        xanchor="left",
        align="left",
        xshift=-2,
    )


def _with_group(code: str, group: Group) -> str:
    """A class of the seven with its group; of two classes the name says it."""
    words = class_words(code)
    return f"{words}, {_(GROUP_WORDS[group])}" if code in HAM7_CODES else words


def _percent_words(prediction: Prediction, index: int) -> str:
    """The probability of a class, and where it is known how far mirror images disagree about it."""
    words = format_prob(float(prediction.probs[index]))
    if prediction.spread is None:
        return words
    return f"{words} ± {format_percent(float(prediction.spread[index]))}"
