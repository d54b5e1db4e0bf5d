"""The built-in knowledge: short articles in our own words, one Markdown file each.

A file opens with a few lines of ``key: value`` between two ``---`` lines; ``source`` may come several
times, as ``organisation | title | year``. Translations lie in a folder for each language, under the same
names; topic and sources stay with the original.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from skinapp.i18n import DEFAULT_LANGUAGE, marked
from skinapp.i18n import gettext as _

KNOWLEDGE_DIR = Path(__file__).with_name("knowledge")
ONLINE = marked("online")  # in place of a year


@dataclass(frozen=True)
class Reference:
    """Public guidance or a paper; ``year`` is `ONLINE` for a page that is kept up to date."""

    organisation: str
    title: str
    year: str

    @property
    def words(self) -> str:
        when = _(ONLINE) if self.year == ONLINE else self.year
        return f"{self.organisation}: {self.title} ({when})"


@dataclass(frozen=True)
class Article:
    """One article: ``keywords`` are lay words for it, ``text`` is Markdown.

    ``original`` is the English article that a translation was made of.
    """

    slug: str
    title: str
    topic: str
    keywords: str
    reviewed: date
    references: tuple[Reference, ...]
    text: str
    original: "Article | None" = None

    @property
    def versions(self) -> "tuple[Article, ...]":
        """The article itself, and its original where it is a translation."""
        return (self, self.original) if self.original else (self,)


@lru_cache(maxsize=4)
def load_articles(language: str = DEFAULT_LANGUAGE, folder: Path = KNOWLEDGE_DIR) -> tuple[Article, ...]:
    """All articles in a language, in alphabetical order of their file names.

    One that was not translated, or was reviewed anew since, stays in English.
    """
    originals = [read_article(path) for path in sorted(folder.glob("*.md"))]
    return tuple(_translated(page, folder / language / f"{page.slug}.md") for page in originals)


def read_article(path: Path) -> Article:
    """The article in one file; `ValueError` where a line of its head is missing or malformed."""
    pairs, text = _parts(path, needed={"title", "topic", "keywords", "reviewed", "source"})
    fields = dict(pairs)
    references = tuple(_reference(path, value) for key, value in pairs if key == "source")
    reviewed = date.fromisoformat(fields["reviewed"])
    return Article(
        path.stem, fields["title"], fields["topic"], fields["keywords"], reviewed, references, text
    )


def _translated(page: Article, path: Path) -> Article:
    if not path.is_file():
        return page
    pairs, text = _parts(path, needed={"title", "keywords", "reviewed"})
    fields = dict(pairs)
    if date.fromisoformat(fields["reviewed"]) != page.reviewed:
        return page
    return replace(page, title=fields["title"], keywords=fields["keywords"], text=text, original=page)


def _parts(path: Path, needed: set[str]) -> tuple[list[list[str]], str]:
    """The lines of a file's head as pairs of key and value, and the text below."""
    opening, head, text = path.read_text(encoding="utf-8").split("---\n", 2)
    pairs = [line.split(": ", 1) for line in head.splitlines()]
    if opening or any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"{path.name} must open with 'key: value' lines between two '---' lines")
    missing = needed - {key for key, _value in pairs}
    if missing:
        raise ValueError(f"{path.name} lacks {sorted(missing)}")
    return pairs, text.strip()


def _reference(path: Path, value: str) -> Reference:
    parts = value.split(" | ")
    if len(parts) != 3:
        raise ValueError(f"{path.name}: a source is 'organisation | title | year', got {value!r}")
    return Reference(*parts)
