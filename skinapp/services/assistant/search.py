"""Finds the articles that answer a question: SQLite's full-text search (BM25) with synonyms and typos.

A question is turned into words of the articles first. How much of it an article covers, weighted by how
rare each word is, decides whether the article is an answer, a nearby topic or nothing.
"""

import math
import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from threading import Lock

import snowballstemmer

from skinapp.i18n import DEFAULT_LANGUAGE, LANGUAGES, current_language
from skinapp.services.assistant.articles import Article, load_articles
from skinapp.services.assistant.lexicon import TRANSLATIONS, content_words, is_elsewhere, is_in_field, stem
from skinapp.services.assistant.words import plain, words

TITLE_WEIGHT, KEYWORD_WEIGHT, TEXT_WEIGHT = 6.0, 5.0, 1.0
CANDIDATES = 12  # of the full-text search, put in order anew
PHRASE_BONUS = 10.0  # for a title or keyword that stands in the question, in units of BM25
SURE = 0.5  # share of a question that an article must cover to be quoted
NEAR = 0.2
LONG_WORD = 8  # letters; two errors are forgiven from here on
LONGEST_WORD = 30  # letters; in what is longer no errors are looked for
LONGEST_QUESTION = 60  # words that are searched for
LIKE_UNKNOWN = 4  # articles with a word that weighs as much as one that no translation knows


@dataclass(frozen=True)
class Hit:
    """An article with the share of the question in [0, 1] that it covers."""

    article: Article
    coverage: float


@dataclass(frozen=True)
class Findings:
    """What a search found: ``hits`` best first, and whether the question is about our field at all.

    ``on_result`` is set where it asks about one lesion or about what the app said of it.
    """

    hits: tuple[Hit, ...]
    in_field: bool
    on_result: bool = False

    @property
    def answer(self) -> Article | None:
        """The article to quote, where the best one covers enough of the question."""
        sure = self.in_field and self.hits and self.hits[0].coverage >= SURE
        return self.hits[0].article if sure else None


class Index:
    """The searchable articles. One object serves all visitors; a lock guards its database.

    A translated article is found by its own words and by those of its original: the words of a question that
    the lexicon knows are turned into English. ``language`` is that of the translations, if there are any.
    """

    def __init__(self, articles: tuple[Article, ...], language: str = DEFAULT_LANGUAGE):
        self.articles = articles
        self._language = language
        self._lock = Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE pages USING fts5(title, keywords, body, tokenize='porter unicode61')"
        )
        parts = ("title", "keywords", "text")
        rows = [tuple(self._searched(page, part) for part in parts) for page in articles]
        self._database.executemany("INSERT INTO pages VALUES (?, ?, ?)", rows)
        names = {word for title, keywords, _text in rows for word in words(f"{title} {keywords}")}
        self._alike: dict[str, list[str]] = defaultdict(list)
        for name in names:
            for short in _shortened(name):
                self._alike[short].append(name)
        self._phrases = [self._called(page) for page in articles]
        self._long_names = frozenset(
            name
            for page in articles
            if page.original
            for name in map(plain, (page.title, *page.keywords.split(",")))
            if len(name) >= LONG_WORD and " " not in name
        )
        self._titles = {version.title: page for page in articles for version in page.versions}
        self._rows_with = lru_cache(maxsize=20_000)(self._look_up)

    def search(self, question: str, count: int = 3) -> Findings:
        """The best articles for a question in the visitor's words."""
        ranks: dict[int, float] = defaultdict(float)
        coverages: dict[int, float] = defaultdict(float)
        readings = self._readings(question)
        for asked in readings:
            weights = {word: self._weight(len(self._rows_with(word))) for word in asked}
            for row, score in self._candidates(asked):
                coverage = self._coverage(row, weights)
                ranks[row] += self._rank(row, score * coverage, weights)
                coverages[row] = max(coverages[row], coverage)
        ranked = sorted(((rank, row) for row, rank in ranks.items()), reverse=True)
        hits = [Hit(self.articles[row - 1], coverages[row]) for _rank, row in ranked[:count]]
        near = tuple(hit for hit in hits if hit.coverage >= NEAR)
        known = any(map(self._are_called, readings))
        in_field = any(is_in_field(asked, also=known) for asked in readings)
        return Findings(near, in_field and not is_elsewhere(question))

    def _readings(self, question: str) -> list[list[str]]:
        """What is asked, as originals say it, and as translations do, in the question's own words."""
        ways = (True, False) if self._language in TRANSLATIONS else (True,)
        said = [content_words(question, self._language, translated=way)[:LONGEST_QUESTION] for way in ways]
        spelled = [list(dict.fromkeys(map(self._spelled, asked))) for asked in said]
        return spelled[:1] if spelled[0] == spelled[-1] else spelled

    def named(self, *slugs: str) -> tuple[Hit, ...]:
        """The articles of these names, in this order."""
        known = {page.slug: page for page in self.articles}
        return tuple(Hit(known[slug], 1.0) for slug in slugs if slug in known)

    def titled(self, title: str) -> Article | None:
        """The article of exactly this title, in its own language or in English."""
        return self._titles.get(title)

    def _are_called(self, asked: list[str]) -> bool:
        """True where two words or more that some article is called by stand in the question.

        In a translation one long word is enough, as German makes of several.
        """
        stems = set(map(self._stem, asked))
        names = (phrase for phrases in self._phrases for phrase in phrases if len(phrase) > 1)
        return any(phrase <= stems for phrase in names) or not self._long_names.isdisjoint(asked)

    def _candidates(self, asked: list[str]) -> list[tuple[int, float]]:
        query = " OR ".join(self._query(word) for word in asked if self._rows_with(word))
        score = f"-bm25(pages, {TITLE_WEIGHT}, {KEYWORD_WEIGHT}, {TEXT_WEIGHT})"
        sql = f"SELECT rowid, {score} FROM pages WHERE pages MATCH ? ORDER BY 2 DESC LIMIT ?"
        with self._lock:
            return self._database.execute(sql, (query, CANDIDATES)).fetchall() if query else []

    def _rank(self, row: int, score: float, weights: dict[str, float]) -> float:
        """The score, more for an article that is called like a part of the question."""
        of_question = {self._stem(word): weight for word, weight in weights.items()}
        called = [
            sum(of_question[part] for part in phrase)
            for phrase in self._phrases[row - 1]
            if phrase <= of_question.keys()
        ]
        return score + PHRASE_BONUS * max(called, default=0.0) / sum(weights.values())

    def _coverage(self, row: int, weights: dict[str, float]) -> float:
        covered = sum(weight for word, weight in weights.items() if row in self._rows_with(word))
        return covered / sum(weights.values())

    def _look_up(self, word: str) -> frozenset[int]:
        with self._lock:
            cursor = self._database.execute(
                "SELECT rowid FROM pages WHERE pages MATCH ?", (self._query(word),)
            )
            return frozenset(row for (row,) in cursor)

    def _query(self, word: str) -> str:
        """What SQLite is asked for a word: itself, as in an original, or its root, as in a translation."""
        return " OR ".join(f'"{one}"' for one in dict.fromkeys((word, _root(word, self._language))))

    def _searched(self, page: Article, part: str) -> str:
        """The words of a part of an article, those of a translation by their roots."""
        said = plain(getattr(page.original or page, part))
        if page.original:
            said += "".join(f" {_root(word, self._language)}" for word in words(getattr(page, part)))
        return said

    def _called(self, page: Article) -> list[frozenset[str]]:
        """What an article is called: its titles and each keyword, as sets of word stems."""
        names = [page.slug.replace("-", " ")]
        for version in page.versions:
            names += [version.title, *version.keywords.split(",")]
        called = (content_words(name, self._language) for name in names)
        return [frozenset(map(self._stem, name)) for name in called if name]

    def _stem(self, word: str) -> str:
        return stem(_root(word, self._language))

    def _weight(self, articles_with_it: int) -> float:
        """Rare words count more (inverse document frequency); unknown ones most.

        Not of a translation: synonyms into it are few, and what it does not know is an idle word more often.
        """
        is_idle = self._language in TRANSLATIONS and not articles_with_it
        return math.log(1 + len(self.articles) / (0.5 + (LIKE_UNKNOWN if is_idle else articles_with_it)))

    def _spelled(self, word: str) -> str:
        """The word, or the nearest word of titles and keywords where no article holds it."""
        if not 4 <= len(word) <= LONGEST_WORD or self._rows_with(word):
            return word
        alike = sorted({name for short in _shortened(word) for name in self._alike.get(short, ())})
        swapped = next((name for name in alike if sorted(name) == sorted(word)), None)
        near = get_close_matches(word, alike, n=1, cutoff=0.8 if len(word) >= LONG_WORD else 0.84)
        return swapped or (near[0] if near else word)


def _shortened(word: str) -> set[str]:
    """The word, and what is left of it without one letter, of a long one also without two.

    Words that differ by as many errors share one of these, so that alike ones are found by looking up.
    """
    once = {word[:place] + word[place + 1 :] for place in range(len(word))}
    if len(word) < LONG_WORD:
        return {word} | once
    return {word} | once | {part[:place] + part[place + 1 :] for part in once for place in range(len(part))}


@lru_cache(maxsize=20_000)
def _root(word: str, language: str) -> str:
    """A word without the endings of its language (Snowball); of English, which SQLite stems, as it is."""
    algorithm = TRANSLATIONS.get(language)
    return snowballstemmer.stemmer(algorithm).stemWord(word) if algorithm else word


def index() -> Index:
    """The index of the built-in articles in the reader's language, made once for each language."""
    return _index(current_language())


@lru_cache(maxsize=len(LANGUAGES))
def _index(language: str) -> Index:
    return Index(load_articles(language), language)
