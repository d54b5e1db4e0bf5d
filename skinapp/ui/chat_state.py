"""A visitor's conversation, in the memory of the visitor's session and nowhere else."""

from dataclasses import replace

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.services.assistant.answer import Answer, Turn
from skinapp.services.assistant.limits import PER_VISITOR
from skinapp.services.rate_limit import RateLimit

_TURNS, _PENDING, _COMING, _LIMIT = "chat_turns", "chat_pending", "chat_coming", "chat_limit"
_ASKED = "chat_asked"
MOST_TURNS = 50


def turns() -> tuple[Turn, ...]:
    """The questions and answers so far."""
    return tuple(st.session_state.get(_TURNS, ()))


def add(turn: Turn) -> None:
    """Keep a finished turn; only the last `MOST_TURNS` stay."""
    st.session_state[_TURNS] = (*turns(), turn)[-MOST_TURNS:]
    st.session_state.pop(_COMING, None)


def clear() -> None:
    """Forget the conversation."""
    for key in (_TURNS, _PENDING, _COMING):
        st.session_state.pop(key, None)


def ask(question: str) -> None:
    """Note a question; the page answers it when it runs next."""
    st.session_state[_PENDING] = question.strip()
    st.session_state[_ASKED] = asked() + 1


def asked() -> int:
    """How many questions were asked in this session, also those that are forgotten."""
    return st.session_state.get(_ASKED, 0)


def take_question() -> str:
    """The noted question, once; empty where there is none."""
    return st.session_state.pop(_PENDING, "")


def ask_again() -> None:
    """Take the last turn back and ask its question once more."""
    if turns():
        ask(turns()[-1].question)
        st.session_state[_TURNS] = turns()[:-1]


def remember_coming(question: str, answer: Answer) -> None:
    """Note what has come so far, so that a stop loses nothing."""
    st.session_state[_COMING] = Turn(question, answer)


def keep_stopped() -> None:
    """Make a turn of an answer that was stopped: at the start of a run."""
    coming = st.session_state.get(_COMING)
    if coming is not None:
        answer = coming.answer
        remarks = (*answer.remarks, _("You stopped this answer."))
        add(Turn(coming.question, replace(answer, remarks=remarks, finished=True, can_retry=True)))


def visitor_limit() -> RateLimit:
    """How often this visitor may ask the service."""
    return st.session_state.setdefault(_LIMIT, RateLimit(PER_VISITOR))
