"""Which method draws the heat map of a class, and its maps."""

from dataclasses import replace

import numpy as np
import streamlit as st

from skinapp.attribution.method import Method, methods_of
from skinapp.i18n import gettext as _
from skinapp.results import Analysis, Progress
from skinapp.services.analyze import class_steps
from skinapp.ui import caching, tray
from skinapp.ui.enhancement import counted

_KEPT, _CHOICE = "analyze_maps", "analyze_heat_method"  # the last maps of the slow method; the choice
METHOD_NAMES = {
    Method.GRAD_CAM: "Grad-CAM",
    Method.GRAD_CAM_PLUS_PLUS: "Grad-CAM++",
    Method.HIRES_CAM: "HiResCAM",
    Method.SCORE_CAM: "Score-CAM",
    Method.ROLLOUT: "Attention rollout",
}


def method_choice(classifier: str) -> Method:
    """The method that the visitor chose, of those that can explain this model; nobody is asked about one."""
    known = methods_of(caching.card(classifier))
    if len(known) == 1:
        return known[0]
    if st.session_state.get(_CHOICE) not in known:
        st.session_state[_CHOICE] = Method.GRAD_CAM
    return st.segmented_control(
        _("Heat map by"),
        list(known),
        format_func=_words,
        required=True,
        key=_CHOICE,
        help=_(
            "Grad-CAM weights each feature by how much it matters for the class; HiResCAM does so place by "
            "place. Grad-CAM++ counts only what speaks for a class: its maps differ little between classes. "
            "Score-CAM tries every feature by itself. Attention rollout, of a transformer alone, follows its "
            "attention back to the photograph, whatever the class."
        ),
    )


def with_maps(analysis: Analysis, method: Method) -> Analysis:
    """The analysis with the heat maps of this method; with those that it has where the making was stopped."""
    prediction = analysis.prediction
    if prediction is None or method is Method.GRAD_CAM:
        return analysis
    signature = analysis.photograph.sha256, class_steps(analysis.cleaning), prediction.model.name, method
    kept = tray.kept(_KEPT)
    if kept is None or kept[0] != signature:
        kept = signature, _made(analysis, method)
        tray.keep(_KEPT, kept)
    return replace(analysis, prediction=replace(prediction, heatmaps=kept[1]))


def _made(analysis: Analysis, method: Method) -> np.ndarray:
    asked = analysis.prediction.model.name, analysis.class_image, method
    if method is not Method.SCORE_CAM:
        return caching.engine().explain_classes(*asked)
    with counted(_("Trying every feature"), _back_to_grad_cam, "analyze_maps_stop") as on_progress:
        return caching.engine().explain_classes(*asked, _thinned(on_progress))


def _thinned(on_progress: Progress) -> Progress:
    """Every twentieth call, and the last: a browser need not draw a thousand bars."""

    def call(done: int, total: int) -> None:
        if done % 20 == 0 or done == total:
            on_progress(done, total)

    return call


def _back_to_grad_cam() -> None:
    st.session_state[_CHOICE] = Method.GRAD_CAM


def _words(method: Method) -> str:
    name = METHOD_NAMES[method]
    return _("{name} (slow)").format(name=name) if method is Method.SCORE_CAM else name
