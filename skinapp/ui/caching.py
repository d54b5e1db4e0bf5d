"""What is computed once: the engine for all visitors, results for the visitor they belong to.

Results of a photograph live in the visitor's own session, in memory, and go with it. The hash of the
file's bytes is part of every key; arguments with a leading underscore are not. Each step has a cache of
its own, so that a change repeats only what depends on it.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from skinapp.attribution.faithfulness import Faithfulness
from skinapp.imaging.reading import read_photograph
from skinapp.patient import Patient
from skinapp.results import Gates, Likeness, Outline, Photograph, Prediction, Quality, Shape
from skinapp.services import analyze, caution, enhance
from skinapp.services.compare import steady_seconds
from skinapp.services.scoring.sampling import StudyRow
from skinapp.services.scoring.sampling import study_rows as read_study_rows
from skinapp.services.scoring.scored import ScoredModel
from skinapp.services.scoring.tables import Table, clinical_path, read_table
from skinapp.services.workers import Workers
from skinapp.settings import settings

if TYPE_CHECKING:
    from skinapp.engine.torch_engine import TorchEngine
    from skinapp.models.card import ModelCard
    from skinapp.services.attention_effect import AttentionEffect
    from skinapp.services.catalogue import Listing
    from skinapp.services.honesty import Distance

_for_all = st.cache_resource(max_entries=1, show_spinner=False)
_known_figures = partial(st.cache_data, ttl=300, show_spinner=False)
_of_visitors: list[Callable] = []


def for_visitor(max_entries: int) -> Callable[[Callable], Callable]:
    """Decorator: results that belong to the visitor's session; `forget_photographs` empties them."""

    def keep(function: Callable) -> Callable:
        kept = st.cache_data(function, scope="session", max_entries=max_entries, show_spinner=False)
        _of_visitors.append(kept)
        return kept

    return keep


def forget_photographs() -> None:
    """Drop all that was computed from this visitor's photographs."""
    for kept in _of_visitors:
        kept.clear()


@_for_all
def engine() -> "TorchEngine":
    """The engine that all visitors share. Imported here, so that a page draws before PyTorch loads."""
    from skinapp.engine.choice import choose_engine

    return choose_engine()


@_for_all
def live_engine() -> "TorchEngine":
    """The engine of the live camera, with each model in the lightest form that was kept for it."""
    from skinapp.engine.choice import choose_engine

    return choose_engine(lighter=True)


@st.cache_resource(max_entries=8, show_spinner=False)
def bounds(classifier: str) -> caution.Bounds | None:
    """What was fitted to keep the answers of a classifier in bounds; shared by all visitors."""
    return caution.load_bounds(classifier, settings().weights_dir)


@_for_all
def gate() -> caution.Gate | None:
    """What tells pictures without a lesion from dermoscopy, before any classifier; shared by all visitors."""
    return caution.load_gate(settings().weights_dir)


@_for_all
def learned_distances() -> "dict[str, Distance]":
    """LPIPS by its name, where its weights were installed; else nothing."""
    from skinapp.models.lpips import installed_lpips

    lpips = installed_lpips(settings().fetched_dir)
    return {"lpips": lpips.between} if lpips else {}


@_for_all
def live_workers() -> Workers:
    """The threads that analyze the camera frames of all visitors."""
    return Workers()


@st.cache_data(ttl=30, max_entries=1, show_spinner=False)
def model_listings() -> "tuple[Listing, ...]":
    """All models with their state; looked up anew now and then, so that new weights appear."""
    from skinapp.services.catalogue import listings

    return listings(settings().weights_dir)


def add_classifier(repo: str) -> None:
    """Fetch a classifier of the hub for all visitors, and offer it at once."""
    from skinapp.models.hub_classifier import add_classifier as add

    add(repo, settings().fetched_dir)
    model_listings.clear()


def card(name: str) -> "ModelCard":
    """The card of a model that the lists hold."""
    return next(listing.card for listing in model_listings() if listing.card.name == name)


@st.cache_data(ttl=30, max_entries=8, show_spinner=False)
def attention_sentences(language: str) -> tuple[str, ...]:
    """What attention changed in each pair of models, in words of this language."""
    from skinapp.services.attention_effect import attention_effects

    return tuple(effect.sentence for effect in attention_effects(settings().weights_dir))


@_known_figures(max_entries=4)
def scored_outlines(frame: str) -> tuple[ScoredModel, ...]:
    """The outline models with the figures of their test photographs."""
    from skinapp.services.scoring import overview

    return overview.scored_outlines(settings().weights_dir, frame)


@_known_figures(max_entries=1)
def scored_classifiers() -> tuple[ScoredModel, ...]:
    """The classifiers with the figures of their test photographs."""
    from skinapp.services.scoring import overview

    return overview.scored_classifiers(settings().weights_dir)


@_known_figures(max_entries=1)
def study_rows() -> tuple[StudyRow, ...]:
    """Paper B's study as it was done again here."""
    return read_study_rows(settings().weights_dir)


@_known_figures(max_entries=12)
def attention_effects(key: str) -> "tuple[AttentionEffect, ...]":
    """What attention changed in each pair of models, in the measure ``key``."""
    from skinapp.services import attention_effect

    return attention_effect.attention_effects(settings().weights_dir, key)


@_known_figures(max_entries=12)
def pass_seconds(segmenters: tuple[tuple[str, int], ...]) -> tuple[float, ...]:
    """How long each outline model, by name and input side in px, takes here for one picture."""
    return steady_seconds([partial(_one_pass, name, side_px) for name, side_px in segmenters])


def _one_pass(segmenter: str, side_px: int) -> float:
    return engine().segment(segmenter, np.zeros((side_px, side_px, 3), np.uint8)).model.seconds


@_known_figures(max_entries=4)
def clinical_table(name: str) -> Table:
    """The smartphone photographs as a classifier saw them."""
    return read_table(clinical_path(name, settings().weights_dir))


@_known_figures(max_entries=100)
def case_picture(image_id: str) -> np.ndarray | None:
    """The photograph of a training case, where the dataset is at hand."""
    return caution.case_picture(image_id, settings().data_dir)


@for_visitor(max_entries=3)
def photograph(sha256: str, name: str, language: str, _data: bytes) -> Photograph:
    """The decoded photograph; raises `ImageError`. Its notes are in the visitor's language."""
    return read_photograph(_data, name)


@for_visitor(max_entries=500)
def quality(sha256: str, language: str, _image: np.ndarray) -> Quality:
    """The quality of a photograph, in the visitor's language."""
    return analyze.quality_of(_image)


@for_visitor(max_entries=2)
def cleaned(sha256: str, steps: tuple[str, ...], _image: np.ndarray) -> np.ndarray:
    """The image that the models see."""
    return analyze.cleaned_image(_image, steps)


@for_visitor(max_entries=200)
def outline(sha256: str, steps: tuple[str, ...], segmenter: str, _image: np.ndarray) -> Outline:
    """The outline model's answer for the cleaned image."""
    return engine().segment(segmenter, _image)


@for_visitor(max_entries=500)
def prediction(
    sha256: str,
    steps: tuple[str, ...],
    classifier: str,
    mirrored: bool,
    _image: np.ndarray,
    facts: tuple[float | str | None, ...] = (),
) -> Prediction:
    """The classifier's answer for the cleaned image; ``facts`` are those of a `Patient`, in its order."""
    return engine().classify(classifier, _image, mirrored=mirrored, patient=Patient(*facts))


@for_visitor(max_entries=500)
def likeness(sha256: str, _image: np.ndarray, _prediction: Prediction | None) -> Likeness | None:
    """What kind of picture the image is to the gate, whichever classifier made the prediction of it."""
    return analyze.likeness_of(_image, _prediction, gate(), engine())


@for_visitor(max_entries=50)
def map_faithfulness(
    sha256: str,
    steps: tuple[str, ...],
    classifier: str,
    class_index: int,
    method: str,
    facts: tuple[float | str | None, ...],
    _image: np.ndarray,
    _heatmap: np.ndarray,
) -> Faithfulness:
    """Whether a class stands and falls with what its heat map by this method marks."""
    return analyze.map_faithfulness(engine(), classifier, class_index, _image, _heatmap, Patient(*facts))


@for_visitor(max_entries=3)
def mask(
    sha256: str,
    steps: tuple[str, ...],
    segmenter: str,
    threshold: float,
    _outline: Outline,
    _image: np.ndarray,
) -> np.ndarray:
    """The lesion at the photograph's own resolution."""
    return analyze.mask_of(_outline, _image, threshold)


@for_visitor(max_entries=500)
def shape(
    sha256: str,
    steps: tuple[str, ...],
    segmenter: str,
    threshold: float,
    mm_per_px: float | None,
    _image: np.ndarray,
    _mask: np.ndarray,
) -> Shape | None:
    """Measurements of the lesion."""
    return analyze.shape_of(_image, _mask, mm_per_px)


@for_visitor(max_entries=20)
def outline_heatmap(
    sha256: str, steps: tuple[str, ...], segmenter: str, threshold: float, _image: np.ndarray
) -> np.ndarray:
    """Where the outline model looked."""
    return engine().explain_outline(segmenter, _image, threshold)


@for_visitor(max_entries=20)
def gates(sha256: str, steps: tuple[str, ...], segmenter: str, _image: np.ndarray) -> Gates:
    """What the attention gates of an outline model let pass."""
    return engine().gates(segmenter, _image)


@for_visitor(max_entries=3)
def enlarged_lesion(
    sha256: str,
    steps: tuple[str, ...],
    segmenter: str,
    threshold: float,
    enlarger: str,
    _image: np.ndarray,
    _mask: np.ndarray,
) -> enhance.LesionPair:
    """The lesion's crop before and after super-resolution, as large as the screen needs it."""
    return enhance.lesion_pair(_image, _mask, enhance.enlarger_of(engine(), enlarger))
