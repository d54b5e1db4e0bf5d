"""The built-in knowledge: short articles in our own words, one Markdown file each.

A file opens with a few lines of ``key: value`` between two ``---`` lines; ``source`` may come several
times, as ``organisation | title | year``.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

KNOWLEDGE_DIR = Path(__file__).with_name("knowledge")


@dataclass(frozen=True)
class Reference:
    """Public guidance or a paper; ``year`` is "online" for a page that is kept up to date."""

    organisation: str
    title: str
    year: str

    @property
    def words(self) -> str:
        return f"{self.organisation}: {self.title} ({self.year})"


@dataclass(frozen=True)
class Article:
    """One article: ``keywords`` are lay words for it, ``text`` is Markdown."""

    slug: str
    title: str
    topic: str
    keywords: str
    reviewed: date
    references: tuple[Reference, ...]
    text: str


@lru_cache(maxsize=2)
def load_articles(folder: Path = KNOWLEDGE_DIR) -> tuple[Article, ...]:
    """All articles in alphabetical order of their file names."""
    return tuple(read_article(path) for path in sorted(folder.glob("*.md")))


def read_article(path: Path) -> Article:
    """The article in one file; `ValueError` where a line of its head is missing or malformed."""
    opening, head, text = path.read_text(encoding="utf-8").split("---\n", 2)
    pairs = [line.split(": ", 1) for line in head.splitlines()]
    if opening or any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"{path.name} must open with 'key: value' lines between two '---' lines")
    fields = dict(pairs)
    missing = {"title", "topic", "keywords", "reviewed", "source"} - fields.keys()
    if missing:
        raise ValueError(f"{path.name} lacks {sorted(missing)}")
    references = tuple(_reference(path, value) for key, value in pairs if key == "source")
    reviewed = date.fromisoformat(fields["reviewed"])
    return Article(
        path.stem, fields["title"], fields["topic"], fields["keywords"], reviewed, references, text.strip()
    )


def _reference(path: Path, value: str) -> Reference:
    parts = value.split(" | ")
    if len(parts) != 3:
        raise ValueError(f"{path.name}: a source is 'organisation | title | year', got {value!r}")
    return Reference(*parts)
