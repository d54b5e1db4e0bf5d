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

from skinapp.services.assistant.articles import Article, load_articles
from skinapp.services.assistant.lexicon import content_words, is_in_field, stem
from skinapp.services.assistant.words import plain, words

TITLE_WEIGHT, KEYWORD_WEIGHT, TEXT_WEIGHT = 6.0, 5.0, 1.0
CANDIDATES = 12  # of the full-text search, put in order anew
PHRASE_BONUS = 10.0  # for a title or keyword that stands in the question, in units of BM25
SURE = 0.5  # share of a question that an article must cover to be quoted
NEAR = 0.2
LONG_WORD = 8  # letters; two errors are forgiven from here on
LONGEST_WORD = 30  # letters; in what is longer no errors are looked for
LONGEST_QUESTION = 60  # words that are searched for


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
    """The searchable articles. One object serves all visitors; a lock guards its database."""

    def __init__(self, articles: tuple[Article, ...]):
        self.articles = articles
        self._lock = Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE pages USING fts5(title, keywords, body, tokenize='porter unicode61')"
        )
        rows = [(plain(page.title), plain(page.keywords), plain(page.text)) for page in articles]
        self._database.executemany("INSERT INTO pages VALUES (?, ?, ?)", rows)
        names = {word for title, keywords, _text in rows for word in words(f"{title} {keywords}")}
        self._alike: dict[str, list[str]] = defaultdict(list)
        for name in names:
            for short in _shortened(name):
                self._alike[short].append(name)
        self._phrases = [_phrases(page) for page in articles]
        self._rows_with = lru_cache(maxsize=20_000)(self._look_up)

    def search(self, question: str, count: int = 3) -> Findings:
        """The best articles for a question in the visitor's words."""
        asked = list(dict.fromkeys(map(self._spelled, content_words(question)[:LONGEST_QUESTION])))
        weights = {word: self._weight(len(self._rows_with(word))) for word in asked}
        ranked = sorted(
            ((self._rank(row, score, weights), row) for row, score in self._candidates(asked)), reverse=True
        )
        hits = [Hit(self.articles[row - 1], self._coverage(row, weights)) for _rank, row in ranked[:count]]
        near = tuple(hit for hit in hits if hit.coverage >= NEAR)
        return Findings(near, is_in_field(asked, also=self._are_called(asked)))

    def named(self, *slugs: str) -> tuple[Hit, ...]:
        """The articles of these names, in this order."""
        known = {page.slug: page for page in self.articles}
        return tuple(Hit(known[slug], 1.0) for slug in slugs if slug in known)

    def _are_called(self, asked: list[str]) -> bool:
        """True where two words or more that some article is called by stand in the question."""
        stems = set(map(stem, asked))
        return any(len(phrase) > 1 and phrase <= stems for phrases in self._phrases for phrase in phrases)

    def _candidates(self, asked: list[str]) -> list[tuple[int, float]]:
        query = " OR ".join(f'"{word}"' for word in asked if self._rows_with(word))
        score = f"-bm25(pages, {TITLE_WEIGHT}, {KEYWORD_WEIGHT}, {TEXT_WEIGHT})"
        sql = f"SELECT rowid, {score} FROM pages WHERE pages MATCH ? ORDER BY 2 DESC LIMIT ?"
        with self._lock:
            return self._database.execute(sql, (query, CANDIDATES)).fetchall() if query else []

    def _rank(self, row: int, score: float, weights: dict[str, float]) -> float:
        """BM25, more for an article that covers all of the question or is called like a part of it."""
        of_question = {stem(word): weight for word, weight in weights.items()}
        called = [
            sum(of_question[part] for part in phrase)
            for phrase in self._phrases[row - 1]
            if phrase <= of_question.keys()
        ]
        bonus = PHRASE_BONUS * max(called, default=0.0) / sum(weights.values())
        return score * self._coverage(row, weights) + bonus

    def _coverage(self, row: int, weights: dict[str, float]) -> float:
        covered = sum(weight for word, weight in weights.items() if row in self._rows_with(word))
        return covered / sum(weights.values())

    def _look_up(self, word: str) -> frozenset[int]:
        with self._lock:
            cursor = self._database.execute("SELECT rowid FROM pages WHERE pages MATCH ?", (f'"{word}"',))
            return frozenset(row for (row,) in cursor)

    def _weight(self, articles_with_it: int) -> float:
        """Rare words count more (inverse document frequency); unknown ones most."""
        return math.log(1 + len(self.articles) / (0.5 + articles_with_it))

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


def _phrases(page: Article) -> list[frozenset[str]]:
    """What an article is called: its title and each keyword, as sets of word stems."""
    names = [page.title, page.slug.replace("-", " "), *page.keywords.split(",")]
    return [frozenset(map(stem, content_words(name))) for name in names if content_words(name)]


@lru_cache(maxsize=1)
def index() -> Index:
    """The index of the built-in articles, made once."""
    return Index(load_articles())
