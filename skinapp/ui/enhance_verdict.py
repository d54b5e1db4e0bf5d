"""Under the enlargements, in one line: what they may be trusted for."""

import streamlit as st

from skinapp.i18n import format_number, format_prob, format_signed
from skinapp.i18n import gettext as _
from skinapp.results import Consistency, Likeness, PredictionChange
from skinapp.services.honesty import CONSISTENT_RMS, prediction_change
from skinapp.ui import caching
from skinapp.ui.enhance_panels import source_words
from skinapp.ui.enhancement import Enhancement
from skinapp.ui.lesion_names import class_words

_INTERPOLATED = ("original", "bicubic", "segment_bicubic")


def verdict(known: Enhancement, agreement: Consistency, method: str, classifier: str | None) -> None:
    """Nearer to the truth than plain enlargement, where that is known; consistent or not; and whether a
    classifier sees another lesion."""
    change = gain_db = None
    if method not in _INTERPOLATED:
        gain_db = _gain_db(known, method)
        change = _change(known, method, classifier) if classifier else None
    parts = (
        _truth_words(known, method, gain_db),
        _consistency_words(agreement, source_words(known)),
        _change_words(change),
    )
    words = " ".join(filter(None, parts))
    always = _("Classes on every page come from the original photograph, never from an enlarged one.")
    is_farther = gain_db is not None and gain_db < 0
    if is_farther or not agreement.is_consistent or (change and change.is_announced):
        st.warning(f"{words} {always}", icon=":material/report:")
    else:
        st.info(f"{words} {always}", icon=":material/verified:")


def _change(known: Enhancement, method: str, classifier: str) -> PredictionChange | None:
    """None where the gate lets no class be named."""
    part, plainly = repr(known.signature), ((), classifier, False)
    if caching.likeness(part, known.image, None) is Likeness.NONE:
        return None
    before = caching.prediction(part, *plainly, known.methods.small)
    after = caching.prediction(f"{part} {method}", *plainly, getattr(known.methods, method))
    return prediction_change(before, after)


def _gain_db(known: Enhancement, method: str) -> float | None:
    """The PSNR over that of bicubic, as far as it is shown; None where the truth is not known."""
    if not known.scores:
        return None
    return round(known.scores[method]["psnr"], 2) - round(known.scores["bicubic"]["psnr"], 2)


def _truth_words(known: Enhancement, method: str, gain_db: float | None) -> str:
    if gain_db is None:
        return ""
    if gain_db < 0:
        words = _("**Farther from the true image than plain enlargement**: {ours} against {plain} dB PSNR.")
    elif gain_db > 0:
        words = _("**Nearer to the true image than plain enlargement**: {ours} against {plain} dB PSNR.")
    else:
        words = _("**As near to the true image as plain enlargement**: {ours} dB PSNR.")
    psnrs = (format_number(known.scores[one]["psnr"]) for one in (method, "bicubic"))
    return words.format(**dict(zip(("ours", "plain"), psnrs, strict=True)))


def _consistency_words(agreement: Consistency, source: str) -> str:
    numbers = {"rms": format_number(agreement.rms), "limit": format_number(CONSISTENT_RMS)}
    if agreement.is_consistent:
        words = _("**Agrees with the {source}**: {rms} grey levels apart (limit {limit}).")
    else:
        words = _("**Does not agree with the {source}**: {rms} grey levels apart (limit {limit}).")
    return words.format(source=source, **numbers)


def _change_words(change: PredictionChange | None) -> str:
    if change is None:
        return ""
    numbers = {
        "before": f"{class_words(change.before_code)} {format_prob(change.before_prob)}",
        "after": f"{class_words(change.after_code)} {format_prob(change.after_prob)}",
        "shift": format_signed(100 * change.suspicious_shift, 0),
    }
    if change.is_announced:
        return _(
            "**The prediction changed** on this crop: {before} before, {after} after; malignant or "
            "pre-malignant {shift} percentage points. Do not trust what the enlarged image seems to show."
        ).format(**numbers)
    return _("**The prediction stays** on this crop: {before} before, {after} after.").format(**numbers)
