"""The conversation: what was said, the question that is being answered, and the line to write in."""

from contextvars import copy_context
from typing import Any

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.i18n import marked
from skinapp.services.assistant.answer import Answer, Turn
from skinapp.services.assistant.conversation import Assistant, Question
from skinapp.services.assistant.emergency import Region
from skinapp.services.assistant.prompt import LONGEST_QUESTION
from skinapp.services.assistant.transcript import conversation_markdown
from skinapp.ui import chat_state
from skinapp.ui.chat_answer import answer_actions, show_answer, topic_buttons, urgent_box
from skinapp.ui.chat_scroll import look_at, turn_box
from skinapp.ui.errors import escaped

ABOUT_RESULT = marked("What does my result mean?")
SUGGESTIONS = (
    marked("When should I show a mole to a doctor?"),
    marked("What is the ABCDE rule?"),
    marked("How do I examine my own skin?"),
    marked("Which sunscreen protects well?"),
    marked("What does the heat map show?"),
    marked("Can this app diagnose skin cancer?"),
)


def conversation(shared: Assistant, region: Region, numbers: dict[str, Any] | None) -> None:
    """Everything between the head of the page and the line to write in."""
    chat_state.keep_stopped()
    with st.bottom:  # a line that Streamlit places by itself makes it scroll to the end of every answer
        written = st.chat_input(_("Ask about skin, moles, sun or this app"), max_chars=LONGEST_QUESTION)
    if written:
        chat_state.ask(written)
    question = chat_state.take_question()
    known = chat_state.turns()
    look_at(len(known) if question else len(known) - 1)
    for number, turn in enumerate(known):
        _earlier(turn, region, number, is_last=number == len(known) - 1 and not question)
    if question:
        _answer(shared, question, region, numbers)
        st.rerun()
    if not known:
        topic_buttons(_suggestions(numbers), _("You could ask:"))
    else:
        _foot(known)


def _earlier(turn: Turn, region: Region, number: int, is_last: bool) -> None:
    with turn_box(number), _answering(turn.question):
        show_answer(turn.answer, region, number, is_last)
        answer_actions(turn, number, is_last)


def _answering(question: str) -> Any:
    """The message of a question, and the one that its answer is to be drawn in."""
    with st.chat_message("user", avatar=":material/person:"):
        st.markdown(escaped(question))
    return st.chat_message("assistant", avatar=":material/forum:")


def _answer(shared: Assistant, question: str, region: Region, numbers: dict[str, Any] | None) -> None:
    with turn_box(len(chat_state.turns())), _answering(question):
        place, stop = st.empty(), st.empty()
        stop.button(_("Stop"), icon=":material/stop_circle:", type="tertiary", key="assistant_stop")
        place.caption(_("Looking for an answer"))
        asked = Question(question, chat_state.turns(), numbers)
        answer = _follow(shared, asked, region, place)
    chat_state.add(Turn(question, answer))


def _follow(shared: Assistant, asked: Question, region: Region, place: Any) -> Answer:
    """Draw the answer while it comes, and return it when it is finished."""
    shown = ""
    for answer in shared.answer(asked, chat_state.visitor_limit()):
        chat_state.remember_coming(asked.text, answer)
        if answer.text != shown or answer.alarms:
            _draw(answer, region, place)
        shown = answer.text
    return answer


def _draw(answer: Answer, region: Region, place: Any) -> None:
    with place.container():
        urgent_box(answer, region, len(chat_state.turns()))
        st.markdown(answer.text)


def _foot(known: tuple[Turn, ...]) -> None:
    context = copy_context()  # made when it is pressed, on a thread of its own, in the visitor's language
    with st.container(horizontal=True, key="chat_foot"):
        st.download_button(
            _("Download the conversation"),
            lambda: context.copy().run(conversation_markdown, known),
            "conversation.md",
            "text/markdown",
            key="assistant_download",
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
        )
        st.button(
            _("Clear the conversation"),
            icon=":material/delete:",
            type="tertiary",
            key="assistant_clear",
            on_click=chat_state.clear,
        )


def _suggestions(numbers: dict[str, Any] | None) -> tuple[str, ...]:
    asked = (ABOUT_RESULT, *SUGGESTIONS) if numbers is not None else SUGGESTIONS
    return tuple(map(_, asked))
