"""Signs that cannot wait, found by rules before any model is asked.

The phrases of every language are in red_flags.toml, what to do about each sign in `signs`. All languages are
tried on every question, whatever language the app is shown in. A sign too many costs a look at a box, a
missed one may cost a life, so the rules lean to the careful side.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from skinapp.services.assistant.signs import RED_FLAGS, RedFlag
from skinapp.services.assistant.words import phrase_pattern, plain

PHRASES = Path(__file__).with_name("red_flags.toml")
_CLAUSE_END, _STOP = re.compile(r"[,.;:!?()\n]+"), "|"  # a negation does not reach across them
NEGATION_REACH = 3  # words before a sign in which a negation takes it back


@dataclass(frozen=True)
class Alarm:
    """A red flag that was found, and the language of the phrase that showed it."""

    flag: RedFlag
    language: str


_NEVER_TAKEN_BACK = ("self_harm", "severe_bleeding")

_Rule = tuple[RedFlag, str, tuple[re.Pattern[str], ...]]


def find_red_flags(question: str) -> tuple[Alarm, ...]:
    """Every sign in a question, the most urgent first."""
    text = f" {_STOP} ".join(map(plain, _CLAUSE_END.split(question)))
    found = {
        flag.key: Alarm(flag, language)
        for flag, language, parts in reversed(_rules())
        if _fires(flag, parts, text)
    }
    if "severe_bleeding" in found:
        found.pop("bleeding", None)  # "within days" has no place beside "now"
    return tuple(sorted(found.values(), key=lambda alarm: (alarm.flag.urgency, _order(alarm.flag))))


def first_words(alarm: Alarm, number: str) -> str:
    """One sentence on what to do, in the language in which the sign was described."""
    return _tables()[alarm.flag.urgency.name.lower()][alarm.language].format(number=number)


def _order(flag: RedFlag) -> int:
    return RED_FLAGS.index(flag)


def _fires(flag: RedFlag, parts: tuple[re.Pattern[str], ...], text: str) -> bool:
    first, *others = parts
    if not all(part.search(text) for part in others):
        return False
    found = first.finditer(text)
    return any(flag.key in _NEVER_TAKEN_BACK or not _taken_back(text, *match.span()) for match in found)


def _taken_back(text: str, start: int, end: int) -> bool:
    """True where a negation stands right beside the sign: "no fever", "blutet nicht"."""
    before = " ".join(text[:start].rpartition(_STOP)[2].split()[-NEGATION_REACH:])
    after = " ".join(text[end:].partition(_STOP)[0].split()[:1])
    negation, negation_after, exception = _negations()
    taken_back = negation.search(before) or negation_after.search(after)
    return bool(taken_back) and not exception.search(before)


@lru_cache(maxsize=1)
def _tables() -> dict:
    return tomllib.loads(PHRASES.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        (flag, language, tuple(map(phrase_pattern, line.split(" + "))))
        for flag in RED_FLAGS
        for language, lines in _tables()[flag.key].items()
        for line in lines
    )


@lru_cache(maxsize=1)
def _negations() -> tuple[re.Pattern[str], ...]:
    table = _tables()["negated"]
    return tuple(phrase_pattern("|".join(table[key].split())) for key in ("words", "after", "but"))
