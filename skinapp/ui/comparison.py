"""The comparison of one of the visitor's photographs: made once, with progress.

The last one is kept in the visitor's session, in memory, and goes with it.
"""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.models.card import ModelCard
from skinapp.results import Gates, Outline
from skinapp.services.compare import Cleaning, Comparison, SharedInputs, Variant, compare
from skinapp.ui import caching, tray
from skinapp.ui.analysis import photograph_of
from skinapp.ui.errors import show_error
from skinapp.ui.tray import Item

_KEPT = "compare_kept"
Asked = tuple[ModelCard, Cleaning]


@dataclass(frozen=True, eq=False)
class _Kept:
    signature: tuple[str, tuple[Variant, ...]]
    comparison: Comparison


def comparison_of(item: Item, variants: tuple[Variant, ...]) -> Comparison | None:
    """The photograph under every variant; runs only what was not computed before.

    A model that fails is named with what to do, and the others are compared; None where none is left.
    """
    signature = item.sha256, variants
    kept = tray.kept(_KEPT)
    if kept is not None and kept.signature == signature:
        return kept.comparison
    answers = _answers(item, variants)
    left = tuple(variant for variant in variants if (variant.card, variant.cleaning) in answers)
    if not left:
        return None
    known = compare(photograph_of(item).image, left, lambda *asked: answers[asked])
    if left == variants:
        tray.keep(_KEPT, _Kept(signature, known))
    return known


def heatmap_of(item: Item, variant: Variant) -> np.ndarray:
    """Where the model of a variant looked."""
    seen = inputs_of(item).square(variant.card, variant.cleaning)
    key = item.sha256, variant.cleaning, variant.card.name, variant.threshold
    return caching.outline_heatmap(*key, seen)


def gates_of(item: Item, variant: Variant) -> Gates:
    """What the attention gates of a variant's model let pass."""
    seen = inputs_of(item).square(variant.card, variant.cleaning)
    return caching.gates(item.sha256, variant.cleaning, variant.card.name, seen)


def inputs_of(item: Item) -> SharedInputs:
    """The photograph as the models see it."""
    return SharedInputs(
        photograph_of(item).image, lambda image, steps: caching.cleaned(item.sha256, steps, image)
    )


def _answers(item: Item, variants: tuple[Variant, ...]) -> dict[Asked, Outline]:
    """The answer of every model that gives one; failures are shown."""
    asked = dict.fromkeys((variant.card, variant.cleaning) for variant in variants)
    inputs, place, answers = inputs_of(item), st.empty(), {}
    for count, (card, cleaning) in enumerate(asked):
        words = _("{model}: {count} of {total}").format(
            model=_(card.title), count=count + 1, total=len(asked)
        )
        place.progress(count / len(asked), words)
        try:
            seen = inputs.square(card, cleaning)
            answers[card, cleaning] = caching.outline(item.sha256, cleaning, card.name, seen)
        except SkinAppError as error:
            show_error(error, _(card.title))
    place.progress(1.0, _("Timing the models"))
    answers = _timed(answers)
    place.empty()
    return answers


def _timed(answers: dict[Asked, Outline]) -> dict[Asked, Outline]:
    """The same answers, each with a time that a single run on a busy machine does not spoil."""
    models = tuple(dict.fromkeys((card.name, card.input_px) for card, _cleaning in answers))
    seconds = dict(zip(models, caching.pass_seconds(models), strict=True))
    return {
        (card, cleaning): replace(
            outline, model=replace(outline.model, seconds=seconds[card.name, card.input_px])
        )
        for (card, cleaning), outline in answers.items()
    }
