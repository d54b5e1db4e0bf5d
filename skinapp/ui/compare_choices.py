"""What is compared: which models, under which settings, and how the pictures are drawn."""

from enum import StrEnum
from typing import TYPE_CHECKING

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.i18n import ngettext
from skinapp.models.card import ModelCard
from skinapp.services.compare import MAX_VARIANTS, Variant
from skinapp.ui import caching
from skinapp.ui.choices import cleaning_choice, known_models, threshold_choice
from skinapp.ui.lasting_choice import lasting_choice

if TYPE_CHECKING:
    from skinapp.services.catalogue import Listing

_ADDED = "compare_added"


class Layer(StrEnum):
    """What the pictures show on the photograph."""

    OUTLINE = "outline"
    PROBABILITY = "probability"
    HEAT = "heat"
    GATES = "gates"
    TRUTH = "truth"


def compare_variants() -> tuple[Variant, ...]:
    """The chosen models under the settings of the sidebar; what was added stands behind."""
    known, device = known_models()
    with st.sidebar:
        chosen = _models_choice([one for one in known if one.card.task == "segmentation"])
        threshold = threshold_choice()
        cleaning = cleaning_choice()
        st.caption(_("Runs on: {device}").format(device=device))
    variants = [Variant(card, threshold, cleaning) for card in chosen]
    return tuple(dict.fromkeys([*variants, *st.session_state.get(_ADDED, ())]))[:MAX_VARIANTS]


def _models_choice(known: "list[Listing]") -> list[ModelCard]:
    cards = {one.card.name: one.card for one in known if one.installed}
    titles = {name: _(card.title) for name, card in cards.items()}
    missing = [_(one.card.title) for one in known if not one.installed]
    chosen = []
    if cards:
        chosen = st.pills(
            _("Outlines by"),
            list(cards),
            selection_mode="multi",
            format_func=titles.get,
            default=list(cards),
            key="compare_models",
            persist_state="session",
        )
    else:
        st.caption(_("{label}: no model is installed.").format(label=_("Outlines by")))
    if missing:
        st.caption(_("Not installed: {names}").format(names=", ".join(missing)))
    return [card for name, card in cards.items() if name in chosen]


def further_settings(shown: tuple[Variant, ...]) -> None:
    """A popover that adds a model under settings of its own to the comparison."""
    added = st.session_state.get(_ADDED, ())
    words = _("Another setting")
    if added:
        words = ngettext("Another setting ({count})", "Another setting ({count})", len(added))
        words = words.format(count=len(added))
    with st.popover(words, icon=":material/add:", key="compare_further"):
        cards = {
            one.card.name: one.card
            for one in caching.model_listings()
            if one.installed and one.card.task == "segmentation"
        }
        titles = {name: _(card.title) for name, card in cards.items()}
        name = lasting_choice(_("Model"), titles, "compare_added_model", first=next(iter(titles)))
        variant = Variant(cards[name], threshold_choice("compare_added"), cleaning_choice("compare_added"))
        is_full = len(shown) >= MAX_VARIANTS
        st.button(_("Add"), key="compare_add", on_click=_add, args=(variant,), disabled=is_full)
        if is_full:
            st.caption(_("{count} pictures are as many as fit.").format(count=MAX_VARIANTS))
        if added:
            st.button(_("Remove what was added"), key="compare_remove", on_click=_remove, type="tertiary")


def layer_choice(has_gates: bool, has_truth: bool) -> Layer:
    """What is drawn on the photograph; only what there is to see is offered."""
    names = {
        Layer.OUTLINE: _("Outline"),
        Layer.PROBABILITY: _("Probability"),
        Layer.HEAT: _("Where it looked"),
        Layer.GATES: _("Attention gates"),
        Layer.TRUTH: _("Against the truth"),
    }
    absent = {Layer.GATES} if not has_gates else set()
    absent |= {Layer.TRUTH} if not has_truth else set()
    return st.segmented_control(
        _("Show"),
        [layer for layer in names if layer not in absent],
        format_func=names.get,
        default=Layer.OUTLINE,
        required=True,
        key="compare_layer",
        help=_("Where it looked is Grad-CAM. Gates are what the attention of a model lets pass."),
    )


def _add(variant: Variant) -> None:
    st.session_state[_ADDED] = (*st.session_state.get(_ADDED, ()), variant)


def _remove() -> None:
    st.session_state[_ADDED] = ()
