"""What the assistant's own code adds to an answer: to the first text of a service, and for a built-in one."""

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from skinapp.services.assistant.answer import Kind
from skinapp.services.assistant.conversation import Assistant, Question
from skinapp.services.assistant.presets import ServiceConfig
from skinapp.services.assistant.service import Piece

QUESTIONS = (
    "What is melanoma?",
    "When should I show a mole to a doctor?",
    "how offen do I have to check my moels",
    "Welche Sonnencreme soll ich nehmen?",
    "does a biopsy hurt and how long until the result",
    "What does the heat map show, and can I trust it?",
    "Who won the football world cup?",
    "my grandmother has a slowly growing brown patch on her cheek, what could that be and what should she do",
)
ROUNDS = 5
_REPLY = "A mole of the skin is a growth of pigment cells. Show a changing one to a doctor soon. " * 8


class InstantService:
    """A service that answers without any delay, word by word."""

    config = ServiceConfig("Instant", "http://localhost/v1", "none")

    def stream(self, messages: Sequence[dict[str, str]]) -> Iterator[Piece]:
        """The same words whatever is asked."""
        for word in _REPLY.split(" "):
            yield Piece(f"{word} ")


def chat_speed(rounds: int = ROUNDS) -> dict[str, Any]:
    """Milliseconds as median and 95th percentile over all questions, after one warm-up round."""
    served, alone = Assistant(InstantService()), Assistant()
    for question in QUESTIONS:
        _first_text_ms(served, question)
    first = [_first_text_ms(served, question) for _round in range(rounds) for question in QUESTIONS]
    built_in = [_whole_ms(alone, question) for _round in range(rounds) for question in QUESTIONS]
    return {
        "questions": len(QUESTIONS),
        "rounds": rounds,
        "first_text_ms": np.quantile(first, [0.5, 0.95]).tolist(),
        "built_in_ms": np.quantile(built_in, [0.5, 0.95]).tolist(),
    }


def _first_text_ms(assistant: Assistant, question: str) -> float:
    """From the question to the first text of the service on its way to the screen."""
    start = perf_counter()
    answers = assistant.answer(Question(question))
    next(answer for answer in answers if answer.kind is Kind.SERVICE and answer.text)
    return 1000 * (perf_counter() - start)


def _whole_ms(assistant: Assistant, question: str) -> float:
    start = perf_counter()
    list(assistant.answer(Question(question)))
    return 1000 * (perf_counter() - start)
