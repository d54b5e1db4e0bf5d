"""A conversation as a Markdown file."""

from collections.abc import Sequence

from skinapp import __version__
from skinapp.i18n import gettext as _
from skinapp.services.assistant.answer import NOTICE, Answer, Kind, Turn
from skinapp.services.assistant.safe_markdown import safe_markdown


def answer_markdown(answer: Answer) -> str:
    """One answer with its urgent advice, remarks, sources and the notice."""
    parts = [f"**{_(alarm.flag.title)}.** {_(alarm.flag.advice)}" for alarm in answer.alarms]
    parts.append(answer.text)
    if answer.kind is Kind.NEAREST:
        parts.append(topics_markdown(answer))
    parts += answer.remarks
    sources = [f"- [{source.mark}] {source.words} {source.url}".rstrip() for source in answer.sources]
    if sources:
        parts.append("\n".join([_("Sources") + ":", "", *sources]))
    return "\n\n".join(part for part in [*parts, f"*{_(NOTICE)}*"] if part)


def topics_markdown(answer: Answer) -> str:
    """The titles of the topics as a list."""
    return "\n".join(f"- {title}" for title in answer.topics)


def conversation_markdown(turns: Sequence[Turn]) -> str:
    """All turns under a heading; what the visitor wrote is quoted."""
    parts = ["# " + _("Conversation with the assistant"), f"skinapp {__version__}"]
    for turn in turns:
        quoted = "\n".join(f"> {line}" for line in safe_markdown(turn.question).splitlines())
        parts += [quoted, answer_markdown(turn.answer)]
    return "\n\n".join(parts) + "\n"
