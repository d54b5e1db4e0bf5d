"""What the assistant says: an answer with its sources, remarks and red flags."""

from dataclasses import dataclass
from enum import StrEnum

from skinapp.i18n import marked
from skinapp.services.assistant.red_flags import Alarm

NOTICE = marked(
    "General information, not a diagnosis and no advice for your case. A lesion that is new, changes, "
    "bleeds or worries you belongs before a doctor."
)


class Kind(StrEnum):
    """Where the text of an answer comes from."""

    URGENT = "urgent"  # the red flags alone
    SERVICE = "service"
    KNOWLEDGE = "knowledge"
    NEAREST = "nearest"  # no sure article; topics are offered
    DECLINED = "declined"


@dataclass(frozen=True)
class Source:
    """A numbered source: an article's reference (no ``url``), or a page that a service names."""

    mark: str
    words: str
    url: str = ""


@dataclass(frozen=True)
class Answer:
    """One answer, or the part of it that has come so far. ``text`` is safe Markdown.

    ``remarks`` tell the visitor what was left out, corrected or fell back; ``topics`` are titles of
    articles to go on with; ``can_retry`` is set where asking the service again may help.
    """

    kind: Kind
    text: str = ""
    alarms: tuple[Alarm, ...] = ()
    sources: tuple[Source, ...] = ()
    remarks: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    can_retry: bool = False
    finished: bool = True


@dataclass(frozen=True)
class Turn:
    """A question and its answer."""

    question: str
    answer: Answer
