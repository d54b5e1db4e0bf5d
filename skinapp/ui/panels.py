"""Equal square pictures in one row: the photograph, its outline, and where the models looked."""

from dataclasses import astuple, dataclass

import numpy as np
import streamlit as st

from skinapp.attribution.method import Method
from skinapp.i18n import format_percent
from skinapp.i18n import gettext as _
from skinapp.imaging.geometry import lesion_mask, thumbnail
from skinapp.imaging.overlay import draw_outline, fill_mask, overlay_attribution
from skinapp.results import Analysis
from skinapp.services.analyze import class_steps
from skinapp.services.report import FILL_OPACITY, HEAT_OPACITY
from skinapp.ui import caching
from skinapp.ui.downloads import picture_downloads
from skinapp.ui.errors import errors_shown
from skinapp.ui.frame import restore_language
from skinapp.ui.heat_methods import METHOD_NAMES, method_choice, with_maps
from skinapp.ui.heat_words import heat_words
from skinapp.ui.lasting_choice import lasting_choice
from skinapp.ui.lesion_names import class_words
from skinapp.ui.panel_row import Panel, panel_row
from skinapp.ui.pictures import outlines_of

SIDE_PX = 900  # longer side of a picture on screen
_OUTLINE_MAP = "analyze_outline_map"


@dataclass(frozen=True)
class Look:
    """How the pictures are drawn; changing it runs no model."""

    class_index: int
    method: Method
    fill_opacity: float
    heat_opacity: float
    show_map_test: bool
    show_outline_map: bool
    show_enlarged: bool


@st.fragment
def analysis_panels(analysis: Analysis, enlarger: str | None) -> None:
    """The pictures of one analysis with their controls, redrawn without running a model again."""
    restore_language()
    pictures = st.container()
    look, method = _look(analysis, enlarger), Method.GRAD_CAM  # of the maps until others are made
    with pictures, errors_shown():
        analysis, method = with_maps(analysis, look.method), look.method
        panels = _panels(analysis, look)
        if look.show_enlarged:
            with errors_shown():
                panels.append(_enlarged_panel(analysis, enlarger))
        panel_row(panels, "analysis")
    picture_downloads(analysis, look.class_index, method, look.fill_opacity, look.heat_opacity)


def _look(analysis: Analysis, enlarger: str | None) -> Look:
    prediction = analysis.prediction if analysis.has_maps else None
    class_index, method, fill, heat = 0, Method.GRAD_CAM, FILL_OPACITY, HEAT_OPACITY
    with st.container(key="look"):
        columns = iter(st.columns(3, vertical_alignment="bottom", gap="medium"))
        if prediction:
            with next(columns):
                class_index = _class_choice(analysis)
        if analysis.lesion_found:
            with next(columns):
                fill = _opacity(_("Cover of the outline"), FILL_OPACITY, "analyze_fill")
        if prediction or st.session_state.get(_OUTLINE_MAP):
            with next(columns):
                heat = _opacity(_("Cover of the heat map"), HEAT_OPACITY, "analyze_heat")
        if prediction:
            method = method_choice(prediction.model.name)
        with st.container(horizontal=True, gap="medium"):
            return Look(class_index, method, fill, heat, *_more(analysis, enlarger))


def _more(analysis: Analysis, enlarger: str | None) -> tuple[bool, bool, bool]:
    """Whether to test the heat map, to show where the outline model looked, and to enlarge the lesion."""
    map_test = outline_map = enlarged = False
    if analysis.has_maps:
        map_test = st.toggle(
            _("Test the heat map"),
            key="analyze_map_test",
            help=_(
                "Takes the hottest parts away step by step, then shows them alone, and asks the model "
                "each time (deletion and insertion). A faithful map has a small first number and a large "
                "second one."
            ),
        )
    if analysis.lesion_found:
        outline_map = st.toggle(
            _("Show where the outline model looked"),
            key=_OUTLINE_MAP,
            help=_("Grad-CAM of the outline at the deepest layer of the segmentation model."),
        )
    if analysis.outline and enlarger:
        enlarged = st.toggle(
            _("Show the lesion enlarged ×4"),
            key="analyze_enlarged",
            help=_("Super-resolution: sharper to look at, but its fine detail is a guess, not evidence."),
        )
    return map_test, outline_map, enlarged


def _class_choice(analysis: Analysis) -> int:
    prediction = analysis.prediction
    by_prob = np.argsort(-prediction.probs, kind="stable").tolist()
    return lasting_choice(
        _("Show what speaks for"),
        {index: class_words(prediction.codes[index]) for index in by_prob},
        f"analyze_class_{analysis.photograph.sha256[:12]}_{prediction.model.name}_{by_prob[0]}",
        first=by_prob[0],
        help=_(
            "The heat map marks the parts of the photograph that raised the score of this class. Its colours "
            "follow the square root of the heat, on one scale for all photographs."
        ),
    )


def _opacity(label: str, value: float, key: str) -> float:
    return st.slider(label, 0, 100, round(100 * value), 5, format="%d%%", key=key) / 100


def _panels(analysis: Analysis, look: Look) -> list[Panel]:
    image = thumbnail(analysis.photograph.image, SIDE_PX)
    panels = [_photograph_panel(analysis, image)]
    if analysis.cleaning:
        after = thumbnail(analysis.cleaned, SIDE_PX)
        by_both = analysis.prediction is None or class_steps(analysis.cleaning) == analysis.cleaning
        words = _("what the models see") if by_both else _("what the outline is drawn on")
        panels.append(Panel(_("After cleaning"), after, words))
    if analysis.outline:
        panels.append(_outline_panel(analysis, image, look))
    if analysis.has_maps:
        panels.append(_heat_panel(analysis, image, look))
    if analysis.outline and look.show_outline_map:
        panels.append(_outline_map_panel(analysis, image, look))
    return panels


def _photograph_panel(analysis: Analysis, image: np.ndarray) -> Panel:
    height, width = analysis.photograph.image.shape[:2]
    sharpness = next(check.words for check in analysis.quality.checks if check.key == "sharpness")
    return Panel(_("Photograph"), image, f"{width} × {height} px, {sharpness}")


def _outline_panel(analysis: Analysis, image: np.ndarray, look: Look) -> Panel:
    if not analysis.lesion_found:
        return Panel(_("Outline"), image, _("no lesion found"))
    mask = lesion_mask(analysis.outline.prob_map, *image.shape[:2], analysis.threshold)
    drawn = draw_outline(fill_mask(image, mask, look.fill_opacity), mask)
    share = _("{share} of the frame").format(share=format_percent(analysis.mask.mean()))
    return Panel(_("Outline"), drawn, "" if analysis.is_refused else share)


def _heat_panel(analysis: Analysis, image: np.ndarray, look: Look) -> Panel:
    prediction = analysis.prediction
    heatmap = prediction.heatmaps[look.class_index]
    drawn = overlay_attribution(image, heatmap, look.heat_opacity)
    words = _heat_words(prediction.codes[look.class_index], look.method)
    words = _with_share(words, analysis, heatmap)
    if look.show_map_test:
        words = f"{words}. {_map_test_words(analysis, look.class_index, look.method)}"
    return Panel(_("Where the model looked"), drawn, words, _heat_ends())


def _heat_words(code: str, method: Method) -> str:
    if method is Method.ROLLOUT:
        return _("for no class by itself, {method}").format(method=METHOD_NAMES[method])
    words = _("for {name}").format(name=class_words(code))
    return words if method is Method.GRAD_CAM else f"{words}, {METHOD_NAMES[method]}"


def _map_test_words(analysis: Analysis, class_index: int, method: Method) -> str:
    prediction = analysis.prediction
    steps = class_steps(analysis.cleaning)
    asked = analysis.photograph.sha256, steps, prediction.model.name, class_index, method
    facts = astuple(prediction.patient)
    with st.spinner(_("Testing the heat map")):
        known = caching.map_faithfulness(
            *asked, facts, analysis.class_image, prediction.heatmaps[class_index]
        )
    return _("Test: {without} on average without the hottest parts, {alone} with them alone").format(
        without=format_percent(known.deletion_area), alone=format_percent(known.insertion_area)
    )


def _outline_map_panel(analysis: Analysis, image: np.ndarray, look: Look) -> Panel:
    photograph, model = analysis.photograph, analysis.outline.model.name
    with st.spinner(_("Asking the outline model")):
        heatmap = caching.outline_heatmap(
            photograph.sha256, analysis.cleaning, model, analysis.threshold, analysis.cleaned
        )
    drawn = overlay_attribution(image, heatmap, look.heat_opacity)
    words = _with_share(_("for the outline"), analysis, heatmap)
    return Panel(_("Where the outline model looked"), drawn, words, _heat_ends())


def _enlarged_panel(analysis: Analysis, enlarger: str) -> Panel:
    photograph = analysis.photograph
    with st.spinner(_("Enlarging the lesion")):
        pair = caching.enlarged_lesion(
            photograph.sha256,
            analysis.cleaning,
            analysis.outline.model.name,
            analysis.threshold,
            enlarger,
            photograph.image,
            analysis.mask,
        )
    title = _(caching.card(enlarger).title)
    words = _("synthetic detail inside the dashed line, by {model}").format(model=title)
    if not analysis.lesion_found:
        words = _("no lesion found, so the middle of the photograph; {words}").format(words=words)
    return Panel(
        _("Enlarged ×4"),
        pair.after,
        words,
        before=pair.before,
        names=(_("bicubic"), _("synthetic detail")),
        outlines=outlines_of(pair.mask),
    )


def _heat_ends() -> tuple[str, str]:
    return _("little heat"), _("much")


def _with_share(words: str, analysis: Analysis, heatmap: np.ndarray) -> str:
    return "; ".join(filter(None, (words, heat_words(heatmap, analysis.mask))))
