"""The five methods side by side, and under them how far the enlarged image can be trusted."""

import numpy as np
import streamlit as st

from skinapp.i18n import format_number, format_percent, format_signed
from skinapp.i18n import gettext as _
from skinapp.imaging.enlarging import enlarge_pixels
from skinapp.imaging.overlay import overlay_heatmap
from skinapp.results import Consistency, Likeness, PredictionChange
from skinapp.services.enhance import METHODS, SCALE
from skinapp.services.enhanced_files import has_synthetic_detail
from skinapp.services.honesty import (
    CONSISTENT_RMS,
    changed_part,
    consistency,
    invented_detail,
    prediction_change,
)
from skinapp.ui import caching
from skinapp.ui.enhancement import Enhancement
from skinapp.ui.lesion_names import class_words
from skinapp.ui.linked_zoom import ZoomPanel, linked_zoom
from skinapp.ui.panel_row import Panel, panel_row
from skinapp.ui.pictures import outlines_of

RESIDUAL_FULL = 12.0  # grey levels drawn as full heat
INVENTED_FULL = 24.0
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
    names = method_words(title)
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

    Their numbers are those of the lesion where only the lesion was enlarged by the model.
    """
    methods, image = known.methods, getattr(known.methods, method)
    part = changed_part(methods, method)
    agreement = consistency(image, methods.small, within=part)
    detail = invented_detail(image, methods.bicubic)
    residual = overlay_heatmap(methods.small, agreement.residual, RESIDUAL_FULL, _COVER)
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
            residual,
            _residual_words(agreement, part),
            _ends(RESIDUAL_FULL),
        ),
        Panel(
            _("Added beyond bicubic"),
            overlay_heatmap(methods.bicubic, detail, INVENTED_FULL, _COVER),
            _detail_words(detail, part),
            _ends(INVENTED_FULL),
        ),
    ]
    panel_row(panels, "enhance")
    return agreement


def _residual_words(agreement: Consistency, part: np.ndarray | None) -> str:
    words = (
        _("difference from the photograph, {rms} grey levels (RMS)")
        if part is None
        else _("difference from the photograph inside the outline, {rms} grey levels (RMS)")
    )
    return words.format(rms=format_number(agreement.rms))


def _detail_words(detail: np.ndarray, part: np.ndarray | None) -> str:
    if part is None:
        words = _("detail that the photograph does not hold, {mean} grey levels on average")
    else:
        words = _(
            "detail that the photograph does not hold, {mean} grey levels on average inside the outline"
        )
        detail = detail[enlarge_pixels(part)]
    return words.format(mean=format_number(float(detail.mean()), 1))


def verdict(known: Enhancement, agreement: Consistency, method: str, classifier: str | None) -> None:
    """One line: consistent or not, and whether a classifier sees another lesion."""
    change = None
    if classifier is not None and method not in ("original", "bicubic", "segment_bicubic"):
        change = _change(known, method, classifier)
    words = " ".join(filter(None, (_consistency_words(agreement), _change_words(change))))
    always = _("Classes on every page come from the original photograph, never from an enlarged one.")
    if not agreement.is_consistent or (change and change.is_announced):
        st.warning(f"{words} {always}", icon=":material/report:")
    else:
        st.info(f"{words} {always}", icon=":material/verified:")


def _change(known: Enhancement, method: str, classifier: str) -> PredictionChange | None:
    """None where the gate lets no class be named."""
    part, plainly = repr(known.signature), ((), classifier, False)
    if caching.likeness(part, (), known.image, known.image, None) is Likeness.NONE:
        return None
    before = caching.prediction(part, *plainly, known.methods.small)
    after = caching.prediction(f"{part} {method}", *plainly, getattr(known.methods, method))
    return prediction_change(before, after)


def _consistency_words(agreement: Consistency) -> str:
    numbers = {"rms": format_number(agreement.rms), "limit": format_number(CONSISTENT_RMS)}
    if agreement.is_consistent:
        return _("**Agrees with the photograph**: {rms} grey levels apart (limit {limit}).").format(**numbers)
    return _("**Does not agree with the photograph**: {rms} grey levels apart (limit {limit}).").format(
        **numbers
    )


def _change_words(change: PredictionChange | None) -> str:
    if change is None:
        return ""
    numbers = {
        "before": f"{class_words(change.before_code)} {format_percent(change.before_prob)}",
        "after": f"{class_words(change.after_code)} {format_percent(change.after_prob)}",
        "shift": format_signed(100 * change.suspicious_shift, 0),
    }
    if change.is_announced:
        return _(
            "**The prediction changed** on this crop: {before} before, {after} after; malignant or "
            "pre-malignant {shift} percentage points. Do not trust what the enlarged image seems to show."
        ).format(**numbers)
    return _("**The prediction stays** on this crop: {before} before, {after} after.").format(**numbers)


def _ends(full: float) -> tuple[str, str]:
    return "0", _("{levels} levels").format(levels=format_number(full, 0))
