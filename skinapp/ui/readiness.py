"""Has the chosen models ready before there is a photograph, while its visitor still looks for one."""

from threading import Thread

import numpy as np
import streamlit as st

from skinapp.errors import SkinAppError
from skinapp.results import Photograph
from skinapp.services.analyze import Choices, analyze
from skinapp.ui import caching

BLANK = Photograph("", np.zeros((64, 64, 3), np.uint8), sha256="")


@st.cache_resource(max_entries=8, show_spinner=False)
def get_ready(segmenter: str | None, classifier: str | None) -> Thread:
    """Load two models in the background, once for all visitors: the first answer comes as fast as the next.

    A photograph that is there earlier waits for them, as it would have anyway.
    """
    chosen = Choices(segmenter, classifier)
    thread = Thread(target=answer_once, args=(chosen,), name="readiness", daemon=True)
    thread.start()
    return thread


def answer_once(choices: Choices) -> None:
    """All that a photograph needs, for a blank one. Errors are left to the page, which says what to do."""
    try:
        bounds = caching.bounds(choices.classifier) if choices.classifier else None
        analyze(BLANK, choices, caching.engine(), bounds, caching.gate())
    except SkinAppError:
        return
