"""Choices that several parts of the Metrics page share."""

from collections.abc import Sequence

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.services.scoring.measures import Measure
from skinapp.services.scoring.scored import ScoredModel
from skinapp.ui import caching
from skinapp.ui.lasting_choice import lasting_choice


def headline(words: str) -> None:
    """What the numbers say, in one sentence above them."""
    st.header(words, anchor=False)


def segments(label: str, names: dict[str, str], key: str) -> str:
    """One of several words side by side, the first at the start."""
    return st.segmented_control(
        label,
        list(names),
        format_func=names.get,
        default=next(iter(names)),
        required=True,
        key=f"metrics_{key}",
        persist_state="session",
        wrap=True,
    )


def task_choice(key: str, more: dict[str, str] | None = None) -> str:
    """Outlines, classes, or ``more``."""
    names = {"outline": _("Outlines"), "class": _("Classes")} | (more or {})
    return segments(_("Figures of"), names, f"{key}_task")


def measure_choice(label: str, measures: Sequence[Measure], key: str) -> Measure:
    """One of the measures, with its meaning beneath."""
    names = {measure.key: _(measure.name) for measure in measures}
    chosen = lasting_choice(label, names, f"metrics_{key}_measure", first=measures[0].key)
    return next(measure for measure in measures if measure.key == chosen)


def classifier_choice(key: str) -> ScoredModel | None:
    """The classifier whose figures are shown: a choice where there are several; None, said, without any."""
    with st.spinner(_("Loading the figures")):
        models = caching.scored_classifiers()
    if not models:
        say_evaluate(_("No classifier was scored on this computer yet."))
        return None
    if len(models) == 1:
        return models[0]
    titles = {model.name: model.title for model in models}
    name = lasting_choice(_("Model"), titles, f"metrics_{key}_classifier", first=models[0].name)
    return next(model for model in models if model.name == name)


def say_evaluate(words: str) -> None:
    """What is missing, and the command that measures it."""
    command = _("Measure it with: python -m skinapp evaluate NAME")
    st.info(f"{words} {command}", icon=":material/info:")
