"""From the visitor's words to the words of the articles: synonyms, idle words, and what our field is."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from skinapp.services.assistant.words import phrase_pattern, plain, visible, words

SYNONYMS = Path(__file__).with_name("synonyms.toml")
OTHERS = ("german", "french", "spanish", "italian", "portuguese", "turkish", "dutch", "polish")
_PERCENT = re.compile(r"(?<=\d)\s*(?:%|per ?cent)(?! of\b)", re.IGNORECASE)
_ENDINGS = ("ings", "ing", "ies", "ed", "s", "y")


@dataclass(frozen=True)
class Lexicon:
    """The tables of synonyms.toml; ``synonyms`` are grouped by the first two letters, longest first."""

    synonyms: dict[str, list[tuple[tuple[str, ...], list[str]]]]
    idle: frozenset[str]
    field: re.Pattern[str]
    elsewhere: re.Pattern[str]
    other_scripts: tuple[str, ...]
    pointing: re.Pattern[str]
    apart: re.Pattern[str]
    results: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]
    english: frozenset[str]
    english_alone: frozenset[str]
    foreign: re.Pattern[str]
    misleading: frozenset[str]

    def translated(self, text: str) -> list[str]:
        """The words of a text, every synonym in the words of the articles.

        In another language than English its idle words are no synonyms, as "die" is in German.
        """
        found, rest = [], words(text)
        if not self.misleading.isdisjoint(rest) and looks_foreign(text):
            rest = [word for word in rest if word not in self.misleading]
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
    stop, results, field, elsewhere = (tables.pop(name) for name in ("stop", "result", "field", "elsewhere"))
    in_others = [*words(stop["others"]), *(phrase for language in OTHERS for phrase in tables[language])]
    in_english = [stop["english"], stop["english_too"], *tables["english"].values()]
    return Lexicon(
        synonyms=_grouped(tables),
        idle=frozenset(words(stop["english"] + stop["others"])),
        field=_any_of(field["words"]),
        elsewhere=_any_of(elsewhere["words"]),
        other_scripts=tuple(field["other_scripts"].split()),
        pointing=phrase_pattern(results.pop("pointing")),
        apart=phrase_pattern(results.pop("apart")),
        results=tuple((slug, _parts(line)) for slug, lines in results.items() for line in lines),
        english=frozenset(words(" ".join(in_english))),
        english_alone=frozenset(words(stop["english_alone"])),
        foreign=phrase_pattern("|".join(in_others)),
        misleading=frozenset(words(stop["others"])) & tables["english"].keys(),
    )


def _grouped(tables: dict[str, dict[str, str]]) -> dict[str, list[tuple[tuple[str, ...], list[str]]]]:
    pairs = {phrase: meaning for table in tables.values() for phrase, meaning in table.items()}
    synonyms = defaultdict(list)
    for phrase in sorted(pairs, key=lambda phrase: (-len(phrase.split()), -len(phrase), phrase)):
        synonyms[phrase[:2]].append((tuple(phrase.split()), words(pairs[phrase])))
    return dict(synonyms)


def _parts(line: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(phrase_pattern, line.split(" + ")))


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


def article_on_a_result(question: str) -> str:
    """The slug of the article for a question on one lesion or on what the app said of it, else empty.

    >>> article_on_a_result("Is it cancer?"), article_on_a_result("melanoma 71 %, what now?")
    ('app-diagnosis', 'result-malignant')
    """
    text = plain(_PERCENT.sub(" inpercent ", question))
    known = lexicon()
    found = (slug for slug, parts in known.results if all(part.search(text) for part in parts))
    return "" if known.apart.search(text) else next(found, "")


def points_at_a_result(question: str) -> bool:
    """True where a question points at something that is at hand: "my result", "this mole".

    >>> points_at_a_result("should I show this mole to a doctor"), points_at_a_result("What is IoU?")
    (True, False)
    """
    return bool(lexicon().pointing.search(plain(_PERCENT.sub(" inpercent ", question))))


def looks_foreign(question: str) -> bool:
    """True where a question has words of another language, or letters that English does not use.

    One word that only English knows makes it English.

    >>> [looks_foreign(question) for question in ("Was hilft?", "güneş?", "mole bleeding", "sunscreen?")]
    [True, True, False, False]
    """
    text, known = plain(question), lexicon()
    if not known.english_alone.isdisjoint(text.split()):
        return False
    letters = any(sign.isalpha() and not sign.isascii() for sign in visible(question))
    return letters or any(found.group() not in known.english for found in known.foreign.finditer(text))


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
