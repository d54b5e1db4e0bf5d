"""Answers from the built-in articles: quoted with their sources, or the nearest topics, or declined."""

from typing import Any

from skinapp.i18n import gettext as _
from skinapp.services.assistant.answer import Answer, Kind, Source
from skinapp.services.assistant.articles import Article
from skinapp.services.assistant.lexicon import (
    article_on_a_result,
    content_words,
    is_in_field,
    looks_foreign,
    points_at_a_result,
)
from skinapp.services.assistant.result_numbers import is_suspicious, numbers_in_words
from skinapp.services.assistant.search import Findings, Index

FOLLOW_UP_WORDS = 8  # a short question without a word of our field goes on with the last topic
BESIDE_A_RESULT = ("when-to-see-a-doctor", "probabilities")
ON_RESULTS = (
    *("result-malignant", "result-benign", "app-diagnosis", "probabilities", "measurements"),
    *("different-answers", "when-to-see-a-doctor", "how-fast", "waiting-and-worry"),
)
APART = ("app", "sun")  # topics of articles that answer without a result, but for the ones above
FIRST_TOPICS = ("when-to-see-a-doctor", "abcde-rule", "self-examination", "app-limits")


def find(index: Index, question: str, last_topic: str = "") -> Findings:
    """The articles for a question; a short follow-up ("and the treatment?") goes on with the last topic."""
    slug = article_on_a_result(question)
    if slug:
        return Findings(index.named(slug, *BESIDE_A_RESULT), in_field=True, on_result=True)
    asked = content_words(question)
    if last_topic and asked and len(asked) <= FOLLOW_UP_WORDS and not is_in_field(asked):
        together = index.search(f"{last_topic} {question}")
        if together.answer is not None and index.search(question).hits:
            return together
    return index.search(question)


def built_in_answer(index: Index, findings: Findings) -> Answer:
    """What the articles say on it."""
    article = findings.answer
    if article is not None:
        others = [hit.article.title for hit in findings.hits if hit.article != article]
        return Answer(Kind.KNOWLEDGE, quoted(article), sources=sources_of(article), topics=tuple(others))
    if findings.in_field:
        return _nearest(index, findings)
    words = _(
        "This assistant speaks about the skin, its lesions and this app. It has nothing on that question."
    )
    return Answer(Kind.DECLINED, words, topics=_first_topics(index))


def may_mean_the_result(question: str, findings: Findings) -> bool:
    """True where a question that comes with an analysis can be about it: "what does this mean?"."""
    page = findings.answer
    if page is not None and (page.slug in ON_RESULTS or page.topic in APART):
        return page.slug in ON_RESULTS
    few = FOLLOW_UP_WORDS // 2 if looks_foreign(question) else 1
    is_short = not findings.in_field and len(content_words(question)) <= few
    return is_short or points_at_a_result(question)


def result_answer(index: Index, numbers: dict[str, Any], findings: Findings) -> Answer:
    """The numbers in words, with the article that answers the question, else the one on such results.

    Where no class was named, that is the one on good photographs.
    """
    slug = "result-malignant" if is_suspicious(numbers) else "result-benign"
    slug = slug if numbers.get("classes") else "photo-quality"
    article = (not findings.on_result and findings.answer) or index.named(slug)[0].article
    text = f"{numbers_in_words(numbers)}\n\n{quoted(article)}"
    topics = tuple(hit.article.title for hit in findings.hits if hit.article != article)
    return Answer(Kind.KNOWLEDGE, text, sources=sources_of(article), topics=topics)


def quoted(article: Article) -> str:
    """An article as it is shown: its title, its text, and when it was reviewed."""
    reviewed = _("Built-in article, reviewed {date}").format(date=article.reviewed.isoformat())
    return f"**{article.title}**\n\n{article.text}\n\n*{reviewed}*"


def sources_of(article: Article) -> tuple[Source, ...]:
    """The article's references, numbered."""
    return tuple(Source(str(number), known.words) for number, known in enumerate(article.references, start=1))


def _nearest(index: Index, findings: Findings) -> Answer:
    words = _("There is no built-in article that surely answers this. These topics are nearest:")
    topics = tuple(hit.article.title for hit in findings.hits) or _first_topics(index)
    return Answer(Kind.NEAREST, words, topics=topics)


def _first_topics(index: Index) -> tuple[str, ...]:
    return tuple(page.title for page in index.articles if page.slug in FIRST_TOPICS)
