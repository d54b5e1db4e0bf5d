"""From the visitor's words to the words of the articles: synonyms, idle words, and what our field is."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from skinapp.i18n import DEFAULT_LANGUAGE
from skinapp.services.assistant.articles import load_articles
from skinapp.services.assistant.words import phrase_pattern, plain, visible, words

SYNONYMS = Path(__file__).with_name("synonyms.toml")
OTHERS = ("german", "french", "spanish", "italian", "portuguese", "turkish", "dutch", "polish")
# The languages that the articles are translated into, as the tables and Snowball's stemmers name them.
TRANSLATIONS = {"de": "german", "es": "spanish"}
_PERCENT = re.compile(r"(?<=\d)\s*(?:%|per ?cent)(?! of\b)", re.IGNORECASE)
_ENDINGS = ("ings", "ing", "ies", "ed", "s", "y")

Synonyms = dict[str, list[tuple[tuple[str, ...], list[str]]]]


@dataclass(frozen=True)
class Lexicon:
    """The tables of synonyms.toml.

    ``synonyms`` of each language that the articles are in are grouped by the first two letters, longest
    first. Those of English hold all tables, since who reads English articles may ask in any language.
    """

    synonyms: dict[str, Synonyms]
    idle: dict[str, frozenset[str]]
    field: re.Pattern[str]
    elsewhere: re.Pattern[str]
    other_scripts: tuple[str, ...]
    pointing: re.Pattern[str]
    apart: re.Pattern[str]
    results: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]
    english: frozenset[str]
    english_alone: frozenset[str]
    foreign: re.Pattern[str]

    def translated(self, text: str, language: str = DEFAULT_LANGUAGE) -> list[str]:
        """The words of a text, every synonym of ``language`` in the words of the articles."""
        found, rest = [], words(text)
        while rest:
            known = self.synonyms[language].get(rest[0][:2], ())
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
    idle = words(stop["english"] + stop["others"])
    in_others = [*words(stop["others"]), *(phrase for language in OTHERS for phrase in tables[language])]
    articles = [f"{page.title} {page.text}" for page in load_articles()]
    in_english = [stop["english"], stop["english_too"], *tables["english"].values(), *articles]
    return Lexicon(
        synonyms={
            DEFAULT_LANGUAGE: _grouped(tables.values()),
            **{code: _grouped([tables[name]]) for code, name in TRANSLATIONS.items()},
        },
        idle={
            DEFAULT_LANGUAGE: frozenset(idle),
            **{code: frozenset([*idle, *words(stop[name])]) for code, name in TRANSLATIONS.items()},
        },
        field=_any_of(field["words"]),
        elsewhere=_any_of(elsewhere["words"]),
        other_scripts=tuple(field["other_scripts"].split()),
        pointing=phrase_pattern(results.pop("pointing")),
        apart=phrase_pattern(results.pop("apart")),
        results=tuple((slug, _parts(line)) for slug, lines in results.items() for line in lines),
        english=frozenset(words(" ".join(in_english))),
        english_alone=frozenset(words(stop["english_alone"])),
        foreign=phrase_pattern("|".join(in_others)),
    )


def _grouped(tables: Iterable[dict[str, str]]) -> Synonyms:
    pairs = {phrase: meaning for table in tables for phrase, meaning in table.items()}
    synonyms = defaultdict(list)
    for phrase in sorted(pairs, key=lambda phrase: (-len(phrase.split()), -len(phrase.rstrip("*")), phrase)):
        synonyms[phrase[:2]].append((tuple(phrase.split()), words(pairs[phrase])))
    return dict(synonyms)


def _parts(line: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(phrase_pattern, line.split(" + ")))


def _begins_with(rest: list[str], phrase: tuple[str, ...]) -> bool:
    if len(rest) < len(phrase):
        return False
    pairs = zip(rest, phrase, strict=False)
    return all(word.startswith(part[:-1]) if part.endswith("*") else word == part for word, part in pairs)


def content_words(text: str, language: str = DEFAULT_LANGUAGE, translated: bool = True) -> list[str]:
    """The words of a text that say what it is about, as the articles say them.

    ``language`` is the reader's: what does not look English is taken for it, so that "die" is no verb.

    >>> content_words("When should my Leberfleck be removed?")
    ['mole', 'removed']
    """
    known = lexicon()
    spoken = language if language in TRANSLATIONS and looks_foreign(text) else DEFAULT_LANGUAGE
    said = known.translated(text, spoken) if translated else words(text)
    return [word for word in said if word not in known.idle[spoken]]


def is_in_field(asked: Iterable[str], also: bool = False) -> bool:
    """True where content words speak of skin or of what this app does, or ``also`` says that they do."""
    text = " ".join(asked)
    return (also or bool(lexicon().field.search(text))) and not lexicon().elsewhere.search(text)


def is_elsewhere(question: str) -> bool:
    """True where a question names what is not ours, as it was written: its words may be corrected later."""
    return bool(lexicon().elsewhere.search(plain(question)))


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
