"""The technique behind an answer, for who wants to know: models, hashes, seconds, numbers of the checks."""

import streamlit as st

from skinapp.i18n import format_number
from skinapp.i18n import gettext as _
from skinapp.results import Analysis, ModelUse, Quality
from skinapp.ui import caching


def details(analysis: Analysis) -> None:
    """A closed area under the answer."""
    with st.expander(_("Details: models, numbers, hashes"), icon=":material/build:"):
        parts = [part for part in (analysis.outline, analysis.prediction) if part is not None]
        for column, part in zip(st.columns(2), parts, strict=False):
            column.table(_model_rows(part.model), border="horizontal", hide_header=True)
        st.table(_quality_rows(analysis.quality), border="horizontal", hide_index=True)
        area = format_number(0 if analysis.mask is None else int(analysis.mask.sum()), 0)
        st.caption(
            _("Threshold of the outline {threshold}, lesion {area} px. SHA-256 of the file {sha256}.").format(
                threshold=format_number(analysis.threshold),
                area="–" if analysis.is_refused else area,
                sha256=f"`{analysis.photograph.sha256[:16]}…`",
            )
        )


def _model_rows(model: ModelUse) -> dict[str, str]:
    listing = next(known for known in caching.model_listings() if known.card.name == model.name)
    rows = {
        _("Model"): f"{_(listing.card.title)} (`{model.name}`)",
        _("Weights, SHA-256"): f"`{model.sha256[:16]}…`",
        _("Ran on"): model.device,
        _("Time"): f"{format_number(model.seconds)} s",
    }
    if "temperature" in listing.record:
        rows[_("Temperature")] = format_number(listing.record["temperature"])
    return rows


def _quality_rows(quality: Quality) -> list[dict[str, str]]:
    names = {
        "sharpness": _("Sharpness"),
        "exposure": _("Exposure"),
        "glare": _("Glare"),
        "size": _("Shorter side"),
        "hair": _("Hair"),
        "corners": _("Dark corners"),
    }
    return [
        {
            _("Check"): names.get(check.key, check.key),
            _("Finding"): check.words,
            _("Number"): f"{format_number(check.value, 0 if check.unit == 'px' else 3)} {check.unit}".strip(),
        }
        for check in quality.checks
    ]
