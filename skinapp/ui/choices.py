"""The sidebar: choices that last from photograph to photograph."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.i18n import marked
from skinapp.patient import UNKNOWN
from skinapp.services.analyze import DEFAULT_THRESHOLD, Choices
from skinapp.ui import caching
from skinapp.ui.analysis import Settings
from skinapp.ui.errors import show_error
from skinapp.ui.hub_choice import hub_choice
from skinapp.ui.lasting_choice import lasting_choice
from skinapp.ui.patient_choice import hears_of_patients, patient_choice

if TYPE_CHECKING:
    from skinapp.engine.torch_engine import TorchEngine
    from skinapp.services.catalogue import Listing

_ASKED = {  # by task: the words, and where the choice is kept
    "segmentation": (marked("Outline by"), "settings_segmenter"),
    "classification": (marked("Class by"), "settings_classifier"),
    "super-resolution": (marked("Enlarged by"), "settings_enlarger"),
}


def known_models(
    engine: "Callable[[], TorchEngine]" = caching.engine,
) -> "tuple[tuple[Listing, ...], str]":
    """All models, and where ``engine`` runs them; where that is set wrongly, the page says so and ends."""
    try:
        with st.sidebar, st.spinner(_("Loading the models")):
            return caching.model_listings(), engine().device_words
    except SkinAppError as error:
        show_error(error)
        st.stop()


@contextmanager
def model_sidebar(
    engine: "Callable[[], TorchEngine]" = caching.engine,
) -> Iterator[Callable[[str], str | None]]:
    """The sidebar once the models are known: yields what asks for the model of a task, and at the end says
    where ``engine`` runs them. Only installed models are offered; missing ones are said."""
    known, device = known_models(engine)
    with st.sidebar:
        yield lambda task: model_choice(_(_ASKED[task][0]), known, task, _ASKED[task][1])
        st.caption(_("Runs on: {device}").format(device=device))


def analysis_settings() -> Settings:
    """The visitor's choices from the sidebar."""
    with model_sidebar() as model_for:
        segmenter, classifier = model_for("segmentation"), model_for("classification")
        hub_choice()
        enlarger = model_for("super-resolution")
        threshold = threshold_choice()
        mirrored = _mirrored_choice()
        patient = patient_choice() if hears_of_patients(classifier) else UNKNOWN
        cleaning = cleaning_choice()
        width_mm = _frame_width_choice()
    choices = Choices(segmenter, classifier, threshold, cleaning, mirrored=mirrored, patient=patient)
    return Settings(choices, width_mm, enlarger)


def enhance_settings() -> Settings:
    """The choices that the Enhance page shares with Analyze. Models see the photograph as it is."""
    with model_sidebar() as model_for:
        enlarger = model_for("super-resolution")
        segmenter, classifier = model_for("segmentation"), model_for("classification")
        threshold = threshold_choice()
    return Settings(Choices(segmenter, classifier, threshold), enlarger=enlarger)


def enhance_choices() -> tuple[str, str]:
    """What is enlarged: the photograph itself or a small test version of it, and which part of it."""
    left, right = st.columns([3, 2], gap="medium")
    given = {
        "as_is": _("As it is"),
        "clean": _("Test, clean"),
        "degraded": _("Test, phone-like"),
    }
    part = {"lesion": _("The lesion"), "whole": _("Whole photograph")}
    with left:
        chosen = _segments(_("What is enlarged"), given, "enhance_given", _given_help())
    with right:
        return chosen, _segments(_("Part"), part, "enhance_part", _part_help())


def look_choices(methods: dict[str, str]) -> tuple[str, bool]:
    """The method that is judged and downloaded, and whether marks are drawn."""
    left, right = st.columns([3, 2], vertical_alignment="bottom", gap="medium")
    names = {key: words for key, words in methods.items() if key != "original"}
    with left:
        method = lasting_choice(
            _("Look closer at"),
            names,
            "enhance_method",
            first=list(names)[-1],
            variant=names["segment_enlarger"],
            help=_("For the slider, the maps, the verdict and the files below."),
        )
    with right:
        is_marked = st.toggle(
            _("Mark synthetic detail"),
            value=True,
            key="enhance_mark",
            help=_("On the screen. In a file the mark is permanent: in its name and in its text."),
        )
    return method, is_marked


def _segments(label: str, names: dict[str, str], key: str, words: str) -> str:
    first = next(iter(names))
    return st.segmented_control(
        label,
        list(names),
        format_func=names.get,
        default=first,
        required=True,
        key=key,
        help=words,
    )


def _given_help() -> str:
    return _(
        "A test makes the photograph four times smaller, cleanly or as a phone would, enlarges that, and "
        "compares it with the original."
    )


def _part_help() -> str:
    return _("Up to 512 × 512 px are compared on screen; the file holds the whole photograph.")


def model_choice(label: str, known: "Sequence[Listing]", task: str, key: str) -> str | None:
    """The model that a visitor chose for a task; None where none is installed, which is said.

    How to fetch those that others trained is in its tooltip.
    """
    mine = [listing for listing in known if listing.card.task == task]
    titles = {listing.card.name: _(listing.card.title) for listing in mine if listing.installed}
    missing = [listing for listing in mine if not listing.installed]
    chosen = None
    if titles:
        commands = [listing.install_command for listing in missing if listing.install_command]
        words = "  \n".join(
            _("More can be added: `{command}`").format(command=command) for command in commands
        )
        chosen = lasting_choice(label, titles, key, first=next(iter(titles)), help=words or None)
    else:
        st.caption(_("{label}: no model is installed.").format(label=label))
    if ours := [_(listing.card.title) for listing in missing if not listing.install_command]:
        st.caption(_("Not installed: {names}").format(names=", ".join(ours)))
    return chosen


def threshold_choice(page: str = "settings") -> float:
    """The threshold of the outline; ``page`` begins the key of the widget."""
    return st.slider(
        _("How sure the outline must be"),
        min_value=0.05,
        max_value=0.95,
        value=DEFAULT_THRESHOLD,
        step=0.05,
        key=f"{page}_threshold",
        persist_state="session",
        help=_("Threshold on the probability of each pixel. Higher draws the lesion smaller."),
    )


def cleaning_choice(page: str = "settings") -> tuple[str, ...]:
    """What is done to a photograph before the models look; ``page`` begins the keys of the widgets."""
    steps = {
        "hair": (_("Remove hair"), _("Fills in dark hairs before the models look (DullRazor).")),
        "clahe": (
            _("Even out light"),
            _(
                "Local contrast of lightness is evened out for the outline (CLAHE). Classes are read "
                "without it."
            ),
        ),
        "colour": (
            _("Neutral colours"),
            _(
                "Removes the colour cast of the light for the outline (shades of grey). Classes are read "
                "without it."
            ),
        ),
    }
    heading = _("Cleaning")
    st.markdown(f"**{heading}**")
    return tuple(
        step
        for step, (label, words) in steps.items()
        if st.toggle(label, key=f"{page}_clean_{step}", persist_state="session", help=words)
    )


def _mirrored_choice() -> bool:
    return st.toggle(
        _("Look at mirror images too"),
        key="settings_mirrored",
        persist_state="session",
        help=_(
            "The class is the mean over the photograph and its three mirror images, and takes four times as "
            "long. How far they disagree is shown behind each percentage."
        ),
    )


def _frame_width_choice() -> float | None:
    return st.number_input(
        _("Width of the frame in mm"),
        min_value=0.1,
        max_value=1000.0,
        value=None,
        placeholder=_("not known"),
        key="settings_frame_width",
        persist_state="session",
        help=_("How much skin the photograph shows from left to right. Sizes are given in mm then."),
    )
