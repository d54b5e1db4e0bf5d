"""From the visitor's words to the words of the articles: synonyms, idle words, and what our field is."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from skinapp.services.assistant.words import phrase_pattern, words

SYNONYMS = Path(__file__).with_name("synonyms.toml")
_ENDINGS = ("ings", "ing", "ies", "ed", "s", "y")


@dataclass(frozen=True)
class Lexicon:
    """The tables of synonyms.toml; ``synonyms`` are grouped by the first two letters, longest first."""

    synonyms: dict[str, list[tuple[tuple[str, ...], list[str]]]]
    idle: frozenset[str]
    field: re.Pattern[str]
    elsewhere: re.Pattern[str]
    other_scripts: tuple[str, ...]

    def translated(self, text: str) -> list[str]:
        """The words of a text, every synonym in the words of the articles."""
        found, rest = [], words(text)
        while rest:
            known = self.synonyms.get(rest[0][:2], ())
            phrase, meaning = next(
                (pair for pair in known if _begins_with(rest, pair[0])), (rest[:1], rest[:1])
            )
            found += meaning
            rest = rest[len(phrase) :]
        return found


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    tables = tomllib.loads(SYNONYMS.read_text(encoding="utf-8"))
    other_scripts = tuple(tables["field"].pop("other_scripts").split())
    idle, field, elsewhere = (tables.pop(name)["words"] for name in ("stop", "field", "elsewhere"))
    pairs = {phrase: meaning for table in tables.values() for phrase, meaning in table.items()}
    synonyms = defaultdict(list)
    for phrase in sorted(pairs, key=lambda phrase: (-len(phrase.split()), -len(phrase), phrase)):
        synonyms[phrase[:2]].append((tuple(phrase.split()), words(pairs[phrase])))
    patterns = _any_of(field), _any_of(elsewhere)
    return Lexicon(dict(synonyms), frozenset(words(idle)), *patterns, other_scripts)


def _begins_with(rest: list[str], phrase: tuple[str, ...]) -> bool:
    if len(rest) < len(phrase):
        return False
    pairs = zip(rest, phrase, strict=False)
    return all(word.startswith(part[:-1]) if part.endswith("*") else word == part for word, part in pairs)


def content_words(text: str) -> list[str]:
    """The words of a text that say what it is about.

    >>> content_words("When should my Leberfleck be removed?")
    ['mole', 'removed']
    """
    return [word for word in lexicon().translated(text) if word not in lexicon().idle]


def is_in_field(asked: Iterable[str], also: bool = False) -> bool:
    """True where content words speak of skin or of what this app does, or ``also`` says that they do."""
    text = " ".join(asked)
    return (also or bool(lexicon().field.search(text))) and not lexicon().elsewhere.search(text)


def speaks_of_skin(text: str) -> bool:
    """True where an answer holds a word of our field, in one of the languages or another script."""
    known = lexicon()
    return bool(known.field.search(" ".join(known.translated(text)))) or any(
        root in text.casefold() for root in known.other_scripts
    )


def stem(word: str) -> str:
    """A word without its usual English ending.

    >>> [stem(word) for word in ("moles", "bleeding", "biopsies", "biopsy")]
    ['mole', 'bleed', 'biops', 'biops']
    """
    ending = next((end for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= 3), "")
    return word.removesuffix(ending)


def _any_of(text: str) -> re.Pattern[str]:
    return phrase_pattern("|".join(word.replace("_", " ") for word in text.split()))
