"""How often lists of possible classes hold the true one, and what is refused before any classifier."""

from typing import Any

import streamlit as st

from skinapp.i18n import format_number, format_percent
from skinapp.i18n import gettext as _
from skinapp.labels import most_dangerous
from skinapp.services.caution import GATEKEEPER
from skinapp.ui import caching
from skinapp.ui.lesion_names import class_words


def caution_figures(name: str) -> None:
    """Both; nothing where they were not fitted for this classifier or for the gatekeeper."""
    records = {listing.card.name: listing.record for listing in caching.model_listings()}
    sets, gate = records[name].get("prediction_sets"), records.get(GATEKEEPER, {}).get("gate")
    if not sets or not gate:
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("Does the list hold the true class?"), anchor=False)
        _sets(sets)
    with right:
        st.subheader(_("What is not named"), anchor=False)
        _refusals(gate)


def _sets(known: dict[str, dict[str, Any]]) -> None:
    st.table(
        [
            {
                _("Promised"): format_percent(float(coverage)),
                _("Held"): format_percent(one["test_coverage"], 1),
                **_untold(one),
                **_most_dangerous(one["test_coverage_by_class"]),
                _("Worst class"): _worst(one["test_coverage_by_class"]),
                _("Classes on the list"): format_number(one["test_mean_size"], 2),
            }
            for coverage, one in known.items()
        ],
        hide_index=True,
    )
    st.caption(
        _(
            "n = {n} test photographs. The promise is made for common classes each by itself, for rarer ones "
            "together: of one of these the list may hold fewer."
        ).format(n=next(iter(known.values()))["test_n"])
    )


def _untold(one: dict[str, Any]) -> dict[str, str]:
    """What is held where a classifier that may be told age, sex and site hears none of them."""
    held = one.get("test_coverage_untold")
    return {} if held is None else {_("Held without age, sex and site"): format_percent(held, 1)}


def _most_dangerous(by_class: dict[str, float]) -> dict[str, str]:
    """What is held of the class that must not be missed, under its name."""
    code = most_dangerous(by_class)
    return {} if code is None else {class_words(code): format_percent(by_class[code], 1)}


def _worst(by_class: dict[str, float]) -> str:
    code = min(by_class, key=by_class.get)
    return f"{code} {format_percent(by_class[code])}"


def _refusals(gate: dict[str, Any]) -> None:
    names = {
        "ham10000": _("Test photographs of HAM10000, n = {n}"),
        "task1_crops": _("Test photographs of ISIC 2018, n = {n}"),
        "task1_frames": _("Their whole frames, n = {n}"),
        "phone": _("Photographs by phone, n = {n}"),
    }
    known = gate["dermoscopy"] | ({"phone": gate["phone"]} if "phone" in gate else {})
    rows = [(names[kind].format(n=one["n"]), one["refused"], one["warned"]) for kind, one in known.items()]
    drawn = gate["drawn_refused"]
    rows.append((_("Drawn pictures without skin, n = {n}").format(n=drawn["n"]), drawn["all"], None))
    st.table(
        [
            {
                _("Pictures"): words,
                _("Not named"): format_percent(refused),
                _("Named with a warning"): "–" if warned is None else format_percent(warned),
            }
            for words, refused, warned in rows
        ],
        hide_index=True,
    )
    st.caption(
        _(
            "The same refusal stands before every classifier. Limits from validation photographs, and from "
            "those by phone of other patients. Drawn: plain colours, noise, textures, text, documents, "
            "faces, landscapes, things on a table."
        )
    )
