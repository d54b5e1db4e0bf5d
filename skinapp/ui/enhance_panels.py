"""The five methods side by side, and under them how far the enlarged image can be trusted."""

import numpy as np
import streamlit as st

from skinapp.i18n import format_number
from skinapp.i18n import gettext as _
from skinapp.imaging.enlarging import enlarge_pixels
from skinapp.imaging.overlay import overlay_heatmap
from skinapp.results import Consistency
from skinapp.services.enhance import METHODS, SCALE
from skinapp.services.enhanced_files import has_synthetic_detail
from skinapp.services.honesty import changed_part, consistency, invented_detail
from skinapp.ui.enhancement import Enhancement
from skinapp.ui.linked_zoom import ZoomPanel, linked_zoom
from skinapp.ui.panel_row import Panel, panel_row
from skinapp.ui.pictures import outlines_of

FULL_LEVELS = (3.0, 6.0, 12.0, 24.0)  # grey levels that may be drawn as full heat
WITHIN = 0.99  # the share of a map that the scale holds, where one of them does
_COVER = 0.85


def method_words(model: str) -> dict[str, str]:
    """The names of the methods on screen."""
    return {
        "original": _("Original"),
        "bicubic": _("Bicubic"),
        "enlarger": _("{model} everywhere").format(model=model),
        "segment_bicubic": _("Lesion by bicubic"),
        "segment_enlarger": _("Lesion by {model}").format(model=model),
    }


def five_panels(known: Enhancement, title: str, is_marked: bool) -> None:
    """The five methods with one zoom, and the true image where there is one."""
    names = method_words(title) | ({} if known.truth is None else {"original": _("Made small")})
    panels = [_zoom_panel(known, method, names[method], is_marked) for method in METHODS]
    if known.truth is not None:
        words = _("what it was made small from")
        panels.append(ZoomPanel(_("Large original"), known.sources["truth"], words))
    linked_zoom(panels, key="enhance_zoom")
    height, width = known.methods.small.shape[:2]
    size = _("{width} × {height} px, enlarged to {large_width} × {large_height} px.").format(
        width=width, height=height, large_width=SCALE * width, large_height=SCALE * height
    )
    if known.is_cut:
        size += " " + _("This is the middle of it; the file of the whole photograph below has all.")
    st.caption(size)


def _zoom_panel(known: Enhancement, method: str, label: str, is_marked: bool) -> ZoomPanel:
    words = {
        "original": _("pixels as they are"),
        "bicubic": _("interpolated"),
        "enlarger": _("super-resolution of the whole crop"),
        "segment_bicubic": _("put back without a seam: the same as bicubic"),
        "segment_enlarger": _("super-resolution inside the outline only"),
    }
    if not is_marked or method == "original":
        return ZoomPanel(label, known.sources[method], words[method])
    if not has_synthetic_detail(method):
        return ZoomPanel(label, known.sources[method], words[method], _("interpolated"))
    lesion = known.methods.mask if method == "segment_enlarger" else known.methods.mask & False
    outlines = (outlines_of(lesion),)
    return ZoomPanel(label, known.sources[method], words[method], _("synthetic detail"), outlines)


def honesty_panels(known: Enhancement, method: str, label: str, is_marked: bool) -> Consistency:
    """The slider between bicubic and the method, and the two maps; returns the measured consistency.

    Their numbers and scales are those of the lesion where only the lesion was enlarged by the model.
    """
    methods, image = known.methods, getattr(known.methods, method)
    part = changed_part(methods, method)
    agreement = consistency(image, methods.small, within=part)
    detail = invented_detail(image, methods.bicubic)
    residuals = agreement.residual if part is None else agreement.residual[part]
    details = detail if part is None else detail[enlarge_pixels(part)]
    residual_full, detail_full = full_levels(residuals), full_levels(details)
    source = source_words(known)
    tag = _("synthetic detail") if is_marked and has_synthetic_detail(method) else label
    panels = [
        Panel(
            _("Before and after"),
            image,
            _("drag the handle, or use the arrow keys"),
            before=methods.bicubic,
            names=(_("bicubic"), tag),
            outlines=outlines_of(methods.mask) if is_marked and has_synthetic_detail(method) else None,
        ),
        Panel(
            _("Brought back down"),
            overlay_heatmap(methods.small, agreement.residual, residual_full, _COVER),
            _seen(_residual_words(agreement, part, source), residual_full),
            _ends(agreement.residual, residual_full),
        ),
        Panel(
            _("Added beyond bicubic"),
            overlay_heatmap(methods.bicubic, detail, detail_full, _COVER),
            _seen(_detail_words(details, part, source), detail_full),
            _ends(detail, detail_full),
        ),
    ]
    panel_row(panels, "enhance")
    return agreement


def full_levels(levels: np.ndarray) -> float:
    """Where the scale of a map in grey levels ends: at the first of `FULL_LEVELS` that holds nearly all.

    A faint map gets a short scale, so that its places can be seen; the bar names its end.
    """
    most = np.quantile(levels, WITHIN)
    return next((full for full in FULL_LEVELS if most <= full), FULL_LEVELS[-1])


def source_words(known: Enhancement) -> str:
    """What was enlarged."""
    return _("photograph") if known.truth is None else _("small copy")


def _residual_words(agreement: Consistency, part: np.ndarray | None, source: str) -> str:
    words = (
        _("difference from the {source}, {rms} of 255 grey levels (RMS)")
        if part is None
        else _("difference from the {source} inside the outline, {rms} of 255 grey levels (RMS)")
    )
    return words.format(source=source, rms=format_number(agreement.rms))


def _detail_words(details: np.ndarray, part: np.ndarray | None, source: str) -> str:
    words = (
        _("detail that the {source} does not hold, {mean} of 255 grey levels on average")
        if part is None
        else _(
            "detail that the {source} does not hold, {mean} of 255 grey levels on average inside the outline"
        )
    )
    return words.format(source=source, mean=format_number(float(details.mean()), 1))


def _seen(words: str, full: float) -> str:
    """The words, and beforehand that the eye would miss what the shortest scale shows."""
    return _("hardly visible: {words}").format(words=words) if full == FULL_LEVELS[0] else words


def _ends(levels: np.ndarray, full: float) -> tuple[str, str]:
    end = _("{levels} of 255 levels or more") if levels.max() > full else _("{levels} of 255 levels")
    return "0", end.format(levels=format_number(full, 0))
