"""One enlargement of one of the visitor's photographs: made once, with progress and a button that stops.

The last one is kept in the visitor's session, in memory, and goes with it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from time import monotonic, perf_counter

import numpy as np
import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.imaging.enlarging import SCALE, Box
from skinapp.results import FiveMethods, ModelUse, Progress
from skinapp.services import enhance, honesty
from skinapp.ui import caching, tray
from skinapp.ui.analysis import Settings, photograph_of
from skinapp.ui.pictures import data_uri
from skinapp.ui.tray import Item

_KEPT, _STOPPED = "enhance_kept", "enhance_stopped"
_SHOW_STOP_FROM = 4  # tiles
Signature = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Enhancement:
    """What the page shows: the image that was given with its lesion, the part that is compared in five
    methods, and the true large image of that part where the photograph was made small for a test."""

    signature: Signature
    name: str
    image: np.ndarray
    mask: np.ndarray
    box: Box
    methods: FiveMethods
    truth: np.ndarray | None
    model: ModelUse

    @cached_property
    def sources(self) -> dict[str, str]:
        """The pictures as addresses, by method."""
        pictures = {method: data_uri(getattr(self.methods, method)) for method in enhance.METHODS}
        return pictures | ({"truth": data_uri(self.truth)} if self.truth is not None else {})

    @cached_property
    def scores(self) -> dict[str, honesty.Score]:
        """The figures of each method against the true large image; {} where there is none."""
        if self.truth is None:
            return {}
        with st.spinner(_("Comparing with the large original")):
            return honesty.scores(self.methods, self.truth, caching.learned_distances())

    @property
    def is_cut(self) -> bool:
        """True where the lesion, or the photograph, is larger than what is compared."""
        return self.box != enhance.part_to_compare(self.mask, max(self.mask.shape))


def enhancement_of(item: Item, settings: Settings, given: str, part: str) -> Enhancement | None:
    """The enlargement of a photograph; None after a stop, or where no lesion was found to enlarge.

    ``given`` is one of `enhance.GIVEN`, ``part`` is "lesion" or "whole". Runs only what
    was not computed before.
    """
    choices = settings.choices
    outlined = choices.segmenter or "", f"{choices.threshold:g}"
    signature = item.sha256, settings.enlarger, *outlined, given, part
    kept = tray.kept(_KEPT)
    if kept is not None and kept.signature == signature:
        return kept
    if st.session_state.get(_STOPPED) == signature:
        st.button(_("Enlarge"), key="enhance_go_on", on_click=_go_on, icon=":material/play_arrow:")
        return None
    made = _made(item, settings, signature)
    tray.keep(_KEPT, made)
    return made


@contextmanager
def counted(words: str, on_stop: Callable[[], None], stop_key: str) -> Iterator[Progress]:
    """A progress bar that counts tiles and tells the time left, with a button that stops."""
    place, start, bar = st.empty(), monotonic(), None

    def on_progress(done: int, total: int) -> None:
        nonlocal bar
        text = _("{words}: {done} of {total}").format(words=words, done=done, total=total)
        left_s = (monotonic() - start) / done * (total - done) if done else 0
        if left_s > 5:
            text += " · " + _("about {seconds} s left").format(seconds=round(left_s))
        if bar is None:
            with place.container():
                bar = st.progress(0.0)
                if total >= _SHOW_STOP_FROM:
                    st.button(_("Stop"), key=stop_key, on_click=on_stop, icon=":material/stop:")
        bar.progress(done / total, text)  # a press of the button ends the run here

    yield on_progress
    place.empty()


def _made(item: Item, settings: Settings, signature: Signature) -> Enhancement | None:
    given, part = signature[-2:]
    image, truth = enhance.given_and_truth(photograph_of(item).image, given, seed=int(item.sha256[:8], 16))
    mask = _mask(item, settings, given, image)
    if part == "lesion" and not mask.any():
        _offer_the_whole()
        return None
    mask = np.zeros_like(mask) if part == "whole" else mask
    box = enhance.part_to_compare(mask)
    start = perf_counter()
    enlarger = enhance.enlarger_of(caching.engine(), settings.enlarger)
    with counted(_("Enlarging"), lambda: _stop(signature), "enhance_stop") as on_progress:
        methods = enhance.compare_methods(image, mask, enlarger, box, on_progress)
    true_part = truth if truth is None else Box(*(SCALE * edge for edge in vars(box).values())).of(truth)
    model = _model_use(settings.enlarger, perf_counter() - start)
    return Enhancement(signature, item.name, image, mask, box, methods, true_part, model)


def _mask(item: Item, settings: Settings, given: str, image: np.ndarray) -> np.ndarray:
    segmenter, threshold = settings.choices.segmenter, settings.choices.threshold
    if segmenter is None:
        return np.zeros(image.shape[:2], bool)
    key = f"{item.sha256} {given}"
    outline = caching.outline(key, (), segmenter, image)
    return caching.mask(key, (), segmenter, threshold, outline, image)


def _model_use(name: str, seconds: float) -> ModelUse:
    record = next(known.record for known in caching.model_listings() if known.card.name == name)
    return ModelUse(name, record["sha256"], caching.engine().device_words, seconds)


def _offer_the_whole() -> None:
    st.info(_("No lesion was found. The whole photograph can be enlarged instead."), icon=":material/info:")
    st.button(_("Enlarge the whole photograph"), key="enhance_take_whole", on_click=_take_whole)


def _take_whole() -> None:
    st.session_state["enhance_part"] = "whole"


def _stop(signature: Signature) -> None:
    st.session_state[_STOPPED] = signature


def _go_on() -> None:
    st.session_state.pop(_STOPPED, None)
