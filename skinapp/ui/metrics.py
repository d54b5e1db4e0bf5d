"""The Metrics page: one question at a time, and under each first of all what the numbers say on it."""

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.ui.errors import errors_shown
from skinapp.ui.metrics_attention import attention_part
from skinapp.ui.metrics_best import best_part
from skinapp.ui.metrics_failures import failures_part
from skinapp.ui.metrics_fairness import fairness_part
from skinapp.ui.metrics_papers import papers_part
from skinapp.ui.metrics_probability import probability_part
from skinapp.ui.metrics_threshold import threshold_part


def answered_question() -> None:
    """The chosen question and its part of the page; only this part is computed."""
    questions = {
        "best": (_("Which is best?"), best_part),
        "attention": (_("Does attention help?"), attention_part),
        "failures": (_("Where do they fail?"), failures_part),
        "probability": (_("Can I trust the probability?"), probability_part),
        "fairness": (_("Is it fair?"), fairness_part),
        "threshold": (_("What threshold?"), threshold_part),
        "papers": (_("What did the papers report?"), papers_part),
    }
    chosen = st.segmented_control(
        _("Question"),
        list(questions),
        format_func=lambda key: questions[key][0],
        default="best",
        required=True,
        key="metrics_question",
        persist_state="session",
        wrap=True,
        label_visibility="collapsed",
    )
    with errors_shown():
        questions[chosen][1]()
