"""The built-in articles are complete, sourced, of readable length, and say nothing that a service may not."""

import re
from datetime import date
from pathlib import Path

import pytest

from skinapp.i18n import DEFAULT_LANGUAGE, LANGUAGES
from skinapp.services.assistant.answer_check import Allowed, AnswerCheck
from skinapp.services.assistant.articles import load_articles, read_article
from skinapp.services.assistant.safe_markdown import safe_markdown
from skinapp.services.assistant.words import words

ROOT = Path(__file__).resolve().parents[3]
ARTICLES = load_articles()
TRANSLATIONS = [
    (page, code) for code in LANGUAGES if code != DEFAULT_LANGUAGE for page in load_articles(code)
]
each = pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)
each_translation = pytest.mark.parametrize(
    ("article", "language"), TRANSLATIONS, ids=[f"{page.slug}-{code}" for page, code in TRANSLATIONS]
)
# Words that stand in nearly every text of their own language and in none of another.
OWN_WORDS = {
    "en": {"the", "with", "is", "which"},
    "de": {"der", "und", "ist", "nicht"},
    "es": {"el", "los", "una", "por"},
}


def shape(text):
    """How an article is built, apart from its words: blocks, items of lists, bold parts, digits."""
    return (
        len(re.split(r"\n\s*\n", text)),
        len(re.findall(r"^- ", text, re.MULTILINE)),
        text.count("**"),
        sorted(re.findall(r"\d+", text)),
    )


def test_there_are_enough_and_each_has_a_title_of_its_own():
    assert len(ARTICLES) >= 80
    assert len({article.title for article in ARTICLES}) == len(ARTICLES)


@each
def test_an_article_is_short_sourced_and_dated(article):
    assert 80 <= len(article.text.split()) <= 200
    assert any(known.year.isdigit() and 1980 <= int(known.year) <= 2026 for known in article.references)
    assert all(known.organisation and known.title for known in article.references)
    assert article.reviewed >= date(2026, 11, 20)


@each
def test_an_article_passes_the_check_that_a_service_has_to_pass(article):
    check = AnswerCheck(Allowed())
    check.feed(f"{article.title} of the skin.\n\n{article.text}")
    check.finish()
    assert check.faults == []


@each
def test_an_article_is_safe_markdown_already(article):
    assert "\\" not in safe_markdown(article.text)


@each_translation
def test_every_article_is_translated_as_it_was_reviewed_last(article, language):
    """A number changed or an item left out shows; whether the words say the same, only a reader can tell."""
    assert article.original is not None
    assert shape(article.text) == shape(article.original.text)
    assert 0.7 <= len(article.text) / len(article.original.text) <= 1.7
    assert 4 <= len(article.keywords.split(",")) <= 14


@each_translation
def test_a_translation_is_in_its_language_and_safe_markdown(article, language):
    said = set(words(article.text))
    assert said & OWN_WORDS[language]
    assert not said & {word for code in LANGUAGES if code != language for word in OWN_WORDS[code]}
    assert "\\" not in safe_markdown(article.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_are_unlike_in_every_language(language):
    titles = [article.title for article in load_articles(language)]
    assert len(set(titles)) == len(titles)


def test_an_article_reviewed_anew_is_in_english_until_it_is_translated_anew(tmp_path):
    head = "---\ntitle: {}\n{}keywords: k\nreviewed: {}\n{}---\n{}\n"
    source, folder = "source: A | B | 2020\n", tmp_path / "de"
    folder.mkdir()
    for slug, reviewed in (("old", "2026-11-20"), ("new", "2026-11-21")):
        (tmp_path / f"{slug}.md").write_text(head.format(slug, "topic: t\n", reviewed, source, "English"))
        (folder / f"{slug}.md").write_text(head.format(f"{slug} de", "", "2026-11-20", "", "Deutsch"))
    new, old = load_articles("de", tmp_path)
    assert (new.title, new.text, new.original) == ("new", "English", None)
    assert (old.title, old.text, old.references) == ("old de", "Deutsch", old.original.references)
    assert old.original == load_articles("en", tmp_path)[1]


def test_a_page_that_an_article_names_is_one_of_the_app():
    titles = set(re.findall(r'title=_\("(\w+)"\)', (ROOT / "app.py").read_text("utf-8")))
    text = " ".join(" ".join(article.text.split()) for article in ARTICLES)
    named = re.findall(r"[Tt]he pages? ([A-Z]\w+)(?: and ([A-Z]\w+))?", text)
    assert named
    assert {name for pair in named for name in pair if name} <= titles


def test_every_lesion_class_has_an_article():
    from skinapp.labels import HAM7_CODES

    for code in HAM7_CODES:
        named = [page for page in ARTICLES if page.topic == "classes" and code in page.keywords.split(", ")]
        assert named, code


@pytest.mark.parametrize(
    "text",
    [
        "no head",
        "---\ntitle: A\n---\nBody",
        "---\ntitle\n---\nBody",
        "---\ntitle: A\ntopic: b\nkeywords: c\nreviewed: 2026-11-20\nsource: only a name\n---\nBody",
    ],
)
def test_a_malformed_article_is_refused(tmp_path, text):
    path = tmp_path / "a.md"
    path.write_text(text)
    with pytest.raises(ValueError):
        read_article(path)
