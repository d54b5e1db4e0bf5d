"""The check of a service's answer: sentences that diagnose, dose or send nobody to a doctor are taken out.

The text is checked while it comes. Whatever completes a forbidden phrase is never shown: the sentence
it stands in disappears with it, and the visitor is told. Where much had to go, all of it is withheld.
"""

import html
import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from skinapp.i18n import marked
from skinapp.services.assistant.lexicon import speaks_of_skin
from skinapp.services.assistant.words import phrase_pattern, plain, visible, words

RULES = Path(__file__).with_name("answer_rules.toml")
LONGEST_ANSWER = 8000  # characters
LEAK_WORDS, MORE_LEAK_WORDS = 8, 3  # so many words in a row of the instructions are a leak; after a first one
MOST_REMOVED = 3  # sentences; more are too many to trust the rest
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+|\n+")
_PERCENT = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(?:%|percent|per cent|prozent|pour cent|por ciento|per cento|por cento|procent)"
)
_TAG = re.compile(r"<[^<>]*>")


class Fault(StrEnum):
    """Why a sentence was taken out."""

    DIAGNOSIS = "diagnosis"
    NO_DOCTOR = "no_doctor"
    DOSE = "dose"
    AUTHORITY = "authority"
    HARM = "harm"
    NUMBER = "number"
    LEAK = "leak"
    TOPIC = "topic"
    LENGTH = "length"


REMARKS = {
    Fault.DIAGNOSIS: marked(
        "A sentence that sounded like a diagnosis was taken out of the service's answer."
    ),
    Fault.NO_DOCTOR: marked(
        "A sentence that advised against seeing a doctor was taken out of the service's answer."
    ),
    Fault.DOSE: marked(
        "A sentence on doses or on changing a medicine was taken out; ask your doctor or pharmacist."
    ),
    Fault.AUTHORITY: marked("A sentence in which the service posed as a doctor was taken out."),
    Fault.HARM: marked("A sentence that advised something harmful was taken out."),
    Fault.NUMBER: marked("A sentence with a percentage that is not in the analysis was taken out."),
    Fault.LEAK: marked("A sentence that repeated the assistant's own instructions was taken out."),
    Fault.TOPIC: marked("The service's answer was withheld: it did not speak about the skin."),
    Fault.LENGTH: marked("The service's answer was cut: it was too long."),
}
WITHHELD = marked("The service's answer was withheld: too much of it was unsafe.")


@dataclass(frozen=True)
class Allowed:
    """What an answer may hold: ``percents`` of an analysis (None: any); no ``instructions``, no ``key``."""

    percents: frozenset[str] | None = None
    instructions: str = ""
    key: str = ""


class AnswerCheck:
    """Checks one answer as it comes; `shown` is what may be shown so far."""

    def __init__(self, allowed: Allowed):
        self._allowed = allowed
        self._kept: list[str] = []
        self._before = ""
        self._tail = ""
        self._length = 0
        self._on_topic = False
        self.faults: list[Fault] = []

    def feed(self, piece: str) -> str:
        """Take the next piece of the answer and return the text that may be shown so far."""
        piece = piece[: max(0, LONGEST_ANSWER - self._length)]
        self._length += len(piece)
        *sentences, self._tail = _split(self._tail + visible(piece))
        for sentence in sentences:
            self._judge(sentence)
        return self.shown

    def finish(self) -> str:
        """Judge the rest and return the whole text; empty where the answer is withheld."""
        self._judge(self._tail)
        self._tail = ""
        if self._length >= LONGEST_ANSWER:
            self.faults.append(Fault.LENGTH)
        if not self.shown and not self.faults:
            self.faults.append(Fault.TOPIC)
        return "" if self.withheld else self.shown

    @property
    def shown(self) -> str:
        """The sentences that passed and the whole words of the coming one, once they speak of skin."""
        coming = "" if self._fault(self._tail) else self._tail[: self._tail.rfind(" ") + 1]
        text = self._without_key("".join(self._kept) + coming).strip()
        self._on_topic = self._on_topic or speaks_of_skin(text)
        return text if self._on_topic else ""

    @property
    def withheld(self) -> bool:
        """True where the answer cannot be shown at all."""
        removed = [fault for fault in self.faults if fault is not Fault.LENGTH]
        return Fault.TOPIC in removed or len(removed) > MOST_REMOVED or (bool(removed) and not self.shown)

    def _judge(self, sentence: str) -> None:
        fault = self._fault(sentence)
        if fault is not None:
            self.faults.append(fault)
            sentence = "\n" if sentence.endswith("\n") else ""
        self._kept.append(sentence)
        self._before = sentence

    def _fault(self, sentence: str) -> Fault | None:
        text = _bare(sentence)
        if fault := _forbidden(text) or self._leak(text) or self._wrong_number(text):
            return fault
        return _forbidden(f"{_bare(self._before)} {text}") if self._before.strip().endswith(":") else None

    def _leak(self, text: str) -> Fault | None:
        length = MORE_LEAK_WORDS if Fault.LEAK in self.faults else LEAK_WORDS
        return Fault.LEAK if _runs(self._allowed.instructions, length) & _runs(text, length) else None

    def _wrong_number(self, text: str) -> Fault | None:
        if self._allowed.percents is None:
            return None
        found = {number.replace(",", ".") for number in _PERCENT.findall(text)}
        return Fault.NUMBER if found - self._allowed.percents else None

    def _without_key(self, text: str) -> str:
        return text.replace(self._allowed.key, "***") if self._allowed.key else text


def _split(text: str) -> list[str]:
    """Sentences with the white space that ends them; the last one may be incomplete."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


def _bare(text: str) -> str:
    """Lower case without the marks of HTML and Markdown, which could hide a phrase."""
    return re.sub(r"[*_~`#\[\]\\]", "", _TAG.sub("", html.unescape(text))).casefold().strip()


@lru_cache(maxsize=16)
def _runs(text: str, length: int) -> frozenset[str]:
    """Every ``length`` words in a row."""
    known = words(text)
    return frozenset(" ".join(known[start : start + length]) for start in range(len(known) - length + 1))


def _forbidden(text: str) -> Fault | None:
    rules, spoken = _rules(), plain(text)
    if any(pattern.search(text) for pattern in rules.dose):
        return Fault.DOSE
    for fault, pattern in rules.spoken:
        if any(not rules.taken_back(fault, spoken[: match.start()]) for match in pattern.finditer(spoken)):
            return fault
    return None


@dataclass(frozen=True)
class _Rules:
    spoken: tuple[tuple[Fault, re.Pattern[str]], ...]
    dose: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str]
    even_so: re.Pattern[str]
    not_for: frozenset[str]
    within: int

    def taken_back(self, fault: Fault, before: str) -> bool:
        """True where "if", "whether" and their kin stand shortly before a match."""
        near = " ".join(before.split()[-self.within :])
        return bool((self.even_so if fault in self.not_for else self.unless).search(near))


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    table = tomllib.loads(RULES.read_text(encoding="utf-8"))
    what, unless = table["what"], table["unless"]
    spoken = tuple(
        (fault, re.compile(pattern.replace("{what}", what)))
        for fault in (Fault.NO_DOCTOR, Fault.DIAGNOSIS, Fault.AUTHORITY, Fault.HARM)
        for patterns in table[fault].values()
        for pattern in patterns
    )
    dose = tuple(re.compile(pattern) for pattern in table["dose"]["any"])
    exceptions = (phrase_pattern("|".join(unless[key].split())) for key in ("words", "even_so"))
    return _Rules(spoken, dose, *exceptions, frozenset(unless["not_for"]), unless["within"])
