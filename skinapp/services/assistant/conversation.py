"""One question to one answer: red flags, then the service within its limits, then the built-in knowledge."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from skinapp.i18n import DEFAULT_LANGUAGE, LANGUAGES, current_language, ngettext
from skinapp.i18n import gettext as _
from skinapp.services.assistant import builtin, prompt
from skinapp.services.assistant.answer import Answer, Kind, Source, Turn
from skinapp.services.assistant.answer_check import REMARKS, WITHHELD, Allowed, AnswerCheck, Fault
from skinapp.services.assistant.articles import Article
from skinapp.services.assistant.lexicon import looks_foreign
from skinapp.services.assistant.pulse import with_pulse
from skinapp.services.assistant.red_flags import Alarm, find_red_flags
from skinapp.services.assistant.result_numbers import percents_of
from skinapp.services.assistant.safe_markdown import host_of, safe_markdown
from skinapp.services.assistant.search import Findings, Index, index
from skinapp.services.assistant.service import Service, ServiceError
from skinapp.services.assistant.signs import Urgency
from skinapp.services.rate_limit import RateLimit


@dataclass(frozen=True)
class Question:
    """What a visitor asks, with what came before and, by consent, the numbers of an analysis."""

    text: str
    turns: Sequence[Turn] = ()
    numbers: dict[str, Any] | None = None


@dataclass
class Assistant:
    """Answers questions. ``service`` is None where none is set up; ``for_all`` limits all visitors.

    ``index`` gives the articles, in the reader's language.
    """

    service: Service | None = None
    for_all: RateLimit | None = None
    index: Callable[[], Index] = index

    def answer(self, question: Question, visitor: RateLimit | None = None) -> Iterator[Answer]:
        """The answer as it grows; the last one is finished. A red flag never waits for a service.

        While a service keeps silent, the same answer comes again and again: a caller can stop at any time.
        """
        alarms = find_red_flags(question.text)
        if alarms and alarms[0].flag.urgency <= Urgency.NOW:
            yield Answer(Kind.URGENT, alarms=alarms)
            return
        known = self.index()
        findings = builtin.find(known, question.text, _last_topic(question.turns))
        chosen = known.titled(question.text.strip())
        own = _own_answer(known, question, chosen, findings, alarms)
        if self.service is None or alarms or chosen is not None:
            yield own
            return
        wait = self._wait_s(visitor)
        if wait > 0:
            yield _with_remark(own, _too_often(wait))
            return
        yield from self._asked(question, findings, own)

    def _wait_s(self, visitor: RateLimit | None) -> float:
        """Seconds to wait; takes one use of both limits where it is 0."""
        limits = [limit for limit in (visitor, self.for_all) if limit is not None]
        wait = max((limit.wait_s() for limit in limits), default=0.0)
        return wait or max((limit.take() for limit in limits), default=0.0)

    def _asked(self, question: Question, findings: Findings, own: Answer) -> Iterator[Answer]:
        articles = [hit.article for hit in findings.hits]
        said, dropped = prompt.messages(question.text, question.turns, articles, question.numbers)
        remarks = _dropped_words(dropped)
        check, pages, failure = AnswerCheck(self._allowed(question, articles)), (), None
        coming = Answer(Kind.SERVICE, "", remarks=remarks, finished=False)
        try:
            for piece in with_pulse(self.service.stream(said)):
                if piece is not None:
                    pages = piece.sources or pages
                    coming = replace(coming, text=safe_markdown(check.feed(piece.text)))
                if piece is None or (piece.text and coming.text):
                    yield coming
        except ServiceError as error:
            failure = error
            self._heed(error)
        yield _finished(check, _sources(check.finish(), articles, pages), own, remarks, failure)

    def _heed(self, error: ServiceError) -> None:
        if error.wait_s is not None and self.for_all is not None:
            self.for_all.close_for(error.wait_s)

    def _allowed(self, question: Question, articles: Sequence[Article]) -> Allowed:
        percents = None
        if question.numbers is not None:
            percents = percents_of(question.numbers)
        return Allowed(percents, prompt.INSTRUCTIONS, self.service.config.key)


def _own_answer(
    known: Index, question: Question, chosen: Article | None, findings: Findings, alarms: tuple[Alarm, ...]
) -> Answer:
    """What the articles say; ``chosen`` is the one whose title was given in place of a question."""
    if chosen is not None:
        return Answer(Kind.KNOWLEDGE, builtin.quoted(chosen), alarms, builtin.sources_of(chosen))
    own = builtin.built_in_answer(known, findings)
    if question.numbers is not None and builtin.may_mean_the_result(question.text, findings):
        own = builtin.result_answer(known, question.numbers, findings)
    if alarms and own.kind is not Kind.KNOWLEDGE:
        own = Answer(Kind.URGENT)
    return replace(own, alarms=alarms, remarks=_language_words(own, question.text, alarms))


def _finished(
    check: AnswerCheck,
    sources: tuple[Source, ...],
    own: Answer,
    remarks: tuple[str, ...],
    failure: ServiceError | None,
) -> Answer:
    """The checked answer with remarks; the built-in one where the service failed or was withheld."""
    text = "" if check.withheld else safe_markdown(check.shown)
    remarks += _fault_words(check)
    if failure is None and text:
        return Answer(Kind.SERVICE, text, sources=sources, remarks=remarks, topics=own.topics)
    if failure is not None:
        remarks += (f"{failure.message} {failure.hint}",)
    if text:
        begun = _("*The service's answer ends here. From the built-in knowledge:*")
        own = replace(own, text=f"{text}\n\n{begun}\n\n{own.text}")
    return replace(own, remarks=remarks + own.remarks, can_retry=True)


def _language_words(own: Answer, question: str, alarms: tuple[Alarm, ...]) -> tuple[str, ...]:
    """A remark where the article that answers is in another language than the question.

    The language of an urgent sign is known for sure; else the words of the question tell whether they are
    English.
    """
    is_english = alarms[0].language == DEFAULT_LANGUAGE if alarms else not looks_foreign(question)
    if is_english or current_language() != DEFAULT_LANGUAGE or own.kind is Kind.URGENT:
        return ()
    words = _("The built-in articles are in {languages}: choose yours in the sidebar.")
    return (words.format(languages=", ".join(LANGUAGES.values())),)


def _fault_words(check: AnswerCheck) -> tuple[str, ...]:
    if check.withheld and Fault.TOPIC not in check.faults:
        return (_(WITHHELD),)
    if check.withheld:
        return (_(REMARKS[Fault.TOPIC]),)
    return tuple(_(REMARKS[fault]) for fault in dict.fromkeys(check.faults))


def _sources(text: str, articles: Sequence[Article], pages: tuple[Source, ...]) -> tuple[Source, ...]:
    """The pages that the service named, then the articles that it cites (all given ones where none)."""
    named = [page for page in pages if host_of(page.url)]
    given = [Source(f"K{number}", article.title) for number, article in enumerate(articles, start=1)]
    cited = [source for source in given if f"[{source.mark}]" in text]
    return (*named, *(cited or given))


def _dropped_words(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    words = ngettext(
        "{count} older question of this conversation is no longer sent along.",
        "{count} older questions of this conversation are no longer sent along.",
        count,
    )
    return (words.format(count=count),)


def _too_often(wait_s: float) -> str:
    words = _("The service can be asked again in {seconds} s; this answer is from the built-in knowledge.")
    return words.format(seconds=round(wait_s + 0.5))


def _with_remark(answer: Answer, remark: str) -> Answer:
    return replace(answer, remarks=(*answer.remarks, remark), can_retry=True)


def _last_topic(turns: Sequence[Turn]) -> str:
    """What the last answer was about: its question, since a title may not be in the visitor's words."""
    return turns[-1].question if turns else ""
