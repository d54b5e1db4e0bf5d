"""One answer on screen: urgent advice on top, the text, its sources, remarks, and the notice."""

from collections.abc import Sequence
from urllib.parse import quote

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.services.assistant.answer import NOTICE, Answer, Kind, Source, Turn
from skinapp.services.assistant.emergency import Region
from skinapp.services.assistant.red_flags import Alarm, first_words
from skinapp.services.assistant.safe_markdown import host_of
from skinapp.services.assistant.signs import Urgency
from skinapp.services.assistant.transcript import answer_markdown, topics_markdown
from skinapp.ui import chat_state
from skinapp.ui.errors import escaped

MOST_ALARMS = 2
_OFFERING = (Kind.NEAREST, Kind.DECLINED)  # their text leads to the topics
_IN_LINKS = ":/?#@!&'*+,;=%~"


def show_answer(answer: Answer, region: Region, number: int, is_last: bool) -> None:
    """A finished answer; ``number`` is that of its turn. The topics of the last one can be pressed."""
    urgent_box(answer, region, number)
    if answer.text:
        st.markdown(answer.text)
    if answer.kind in _OFFERING and is_last:
        topic_buttons(answer.topics)
    elif answer.kind is Kind.NEAREST:
        st.markdown(topics_markdown(answer))
    sources_list(answer.sources)
    for remark in answer.remarks:
        st.caption(f":material/info: {escaped(remark)}")
    st.caption(_(NOTICE))


def urgent_box(answer: Answer, region: Region, number: int) -> None:
    """What to do now, in a calm box of its own; nothing where no red flag was found."""
    if not answer.alarms:
        return
    with st.container(key=f"urgent_{number}"):
        for alarm in answer.alarms[:MOST_ALARMS]:
            _alarm(alarm, region)
        if answer.alarms[0].flag.urgency <= Urgency.TODAY:
            st.markdown(_numbers_line(region))
        else:
            st.page_link("pages/clinics.py", label=_("Find a clinic"), icon=":material/local_hospital:")


def _alarm(alarm: Alarm, region: Region) -> None:
    number = region.crisis if alarm.flag.urgency is Urgency.CRISIS else region.emergency
    words = first_words(alarm, escaped(number))
    st.markdown(f"**{_(alarm.flag.title)}**  \n**{words}**  \n{_(alarm.flag.advice)}")


def _numbers_line(region: Region) -> str:
    numbers = {
        _("Emergency"): region.emergency,
        _("Medical advice"): region.advice,
        _("Someone to talk to, day and night"): region.crisis,
    }
    parts = [f"{label}: **{escaped(number)}**" for label, number in numbers.items() if number]
    return f"{escaped(region.title)} · {' · '.join(parts)}"


def sources_list(sources: tuple[Source, ...]) -> None:
    """Numbered sources; pages that a service named are links with their host beside them."""
    if sources:
        heading = _("Sources")
        lines = [f"{escaped(source.mark)} · {_source_words(source)}" for source in sources]
        st.caption("  \n".join([f"**{heading}**", *lines]))


def _source_words(source: Source) -> str:
    host = host_of(source.url)
    if not host:
        return escaped(source.words)
    return f"[{escaped(source.words) or host}]({quote(source.url, safe=_IN_LINKS)}) (`{host}`)"


def answer_actions(turn: Turn, number: int, is_last: bool) -> None:
    """Copy, ask again, and topics to go on with."""
    with st.container(horizontal=True, key=f"actions_{number}"):
        with st.popover(_("Copy"), icon=":material/content_copy:", type="tertiary", key=f"copy_{number}"):
            st.code(answer_markdown(turn.answer), language=None, wrap_lines=True)
        if is_last and turn.answer.can_retry:
            st.button(
                _("Ask again"),
                icon=":material/refresh:",
                type="tertiary",
                key="assistant_retry",
                on_click=chat_state.ask_again,
            )
    if is_last and turn.answer.topics and turn.answer.kind not in _OFFERING:
        topic_buttons(turn.answer.topics, _("More on this:"))


def topic_buttons(questions: Sequence[str], label: str = "") -> None:
    """Questions to press, in a row that wraps."""
    if label:
        st.caption(label)
    with st.container(horizontal=True, key=f"topics_{len(chat_state.turns())}"):
        for question in questions:
            st.button(
                question,
                key=f"assistant_topic_{question}",
                on_click=chat_state.ask,
                args=(question,),
            )
