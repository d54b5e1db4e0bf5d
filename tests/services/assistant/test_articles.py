"""The built-in articles are complete, sourced, of readable length, and say nothing that a service may not."""

import re
from datetime import date
from pathlib import Path

import pytest

from skinapp.services.assistant.answer_check import Allowed, AnswerCheck
from skinapp.services.assistant.articles import load_articles, read_article
from skinapp.services.assistant.safe_markdown import safe_markdown

ROOT = Path(__file__).resolve().parents[3]
ARTICLES = load_articles()
each = pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)


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
