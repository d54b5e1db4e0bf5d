"""The way from a result to the assistant: its numbers, never the photograph, and by consent."""

from typing import Any

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.results import Analysis, Prediction
from skinapp.services.assistant.conversation import Assistant
from skinapp.services.assistant.result_numbers import numbers_in_words, numbers_of
from skinapp.ui import caching, tray
from skinapp.ui.errors import escaped

_NUMBERS = "assistant_numbers"  # with the name of their photograph, which is shown and never sent


def ask_about(analysis: Analysis) -> None:
    """A button that opens the assistant with the numbers of this analysis at hand."""
    pressed = st.button(
        _("Ask about this result"),
        icon=":material/forum:",
        key="ask_about",
        help=_("Opens the assistant with these numbers at hand. The photograph stays here."),
    )
    if pressed:
        numbers = numbers_of(analysis, _limits_of(analysis.prediction))
        tray.keep(_NUMBERS, (analysis.photograph.name, numbers))
        st.switch_page("pages/assistant.py")


def _limits_of(prediction: Prediction | None) -> str:
    """What the classifier's card says on its limits."""
    return caching.card(prediction.model.name).limits_words if prediction else ""


def attached_numbers(shared: Assistant) -> dict[str, Any] | None:
    """The numbers that go with the next questions: None without a result or without the visitor's consent."""
    known = tray.kept(_NUMBERS)
    if known is None:
        return None
    name, numbers = known
    with st.container(border=True, key="numbers"):
        heading = _("Your result")
        st.markdown(f"**{heading}: {escaped(name)}**  \n{numbers_in_words(numbers)}")
        agreed = _consent(shared)
        with st.expander(_("These numbers, and nothing else, go with your questions")):
            st.json(numbers)
        st.button(_("Remove the result"), icon=":material/close:", type="tertiary", on_click=_forget)
    return numbers if agreed else None


def _consent(shared: Assistant) -> bool:
    if shared.service is None:
        return st.toggle(_("Use these numbers in answers"), value=True, key="numbers_used")
    words = _("Send these numbers with my questions to {host}")
    return st.toggle(words.format(host=shared.service.config.host), key="numbers_sent")


def _forget() -> None:
    tray.keep(_NUMBERS, None)
