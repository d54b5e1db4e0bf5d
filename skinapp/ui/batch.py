"""Many photographs: counted progress, one row each, and one that is open."""

from base64 import b64encode
from time import monotonic

import streamlit as st

from skinapp.i18n import current_language, format_prob
from skinapp.i18n import gettext as _
from skinapp.results import Likeness, Verdict, told_prob
from skinapp.ui import tray
from skinapp.ui.analysis import Settings, Summary, summary_of
from skinapp.ui.errors import show_error
from skinapp.ui.lesion_names import class_words
from skinapp.ui.sources import photograph_choice
from skinapp.ui.tray import Item

Rows = list[tuple[Item, Summary]]

_STOPPED, _DONE = "analyze_stopped", "analyze_done"
_SHOW_STOP_FROM = 4  # fewer photographs are done before a hand reaches the button


def summaries(items: tuple[Item, ...], settings: Settings) -> Rows:
    """A row for each photograph, with progress that counts and a button that stops.

    After a stop, what is done stays; the rest waits for the button that goes on.
    """
    wanted = {item.id: (item.sha256, settings.choices, current_language()) for item in items}
    done = tray.kept(_DONE) or set()
    tray.keep(_DONE, done)
    waiting = [item for item in items if wanted[item.id] not in done]
    if st.session_state.get(_STOPPED) == tray.upload_round() and waiting:
        _offer_to_go_on(len(waiting))
        items = tuple(item for item in items if wanted[item.id] in done)
    rows: Rows = []
    place, start = st.empty(), monotonic()
    for count, item in enumerate(items):
        if waiting:
            _progress(place, count, len(items), monotonic() - start)
        rows.append((item, summary_of(item, settings)))
        done.add(wanted[item.id])
    place.empty()
    return rows


def overview(rows: Rows) -> None:
    """Errors of files that cannot be used, then a table from which one photograph is opened."""
    for item, summary in rows:
        if summary.error:
            show_error(summary.error, about=item.name)
    good = [(item, summary) for item, summary in rows if not summary.error]
    if len(good) > 1:
        _table(good)
        _open_choice(good)


def _progress(place, count: int, total: int, seconds: float) -> None:
    words = _("Analyzing {count} of {total}").format(count=count + 1, total=total)
    left_s = seconds / count * (total - count) if count else 0
    if left_s > 5:
        words += " · " + _("about {seconds} s left").format(seconds=round(left_s))
    with place.container():
        st.progress(count / total, words)
        if total >= _SHOW_STOP_FROM:
            st.button(_("Stop"), key=f"analyze_stop_{count}", on_click=_stop, icon=":material/stop:")


def _stop() -> None:
    st.session_state[_STOPPED] = tray.upload_round()  # until all are removed, or it goes on


def _go_on() -> None:
    st.session_state.pop(_STOPPED, None)


def _offer_to_go_on(count: int) -> None:
    st.button(
        _("Analyze the remaining {count}").format(count=count),
        key="analyze_go_on",
        on_click=_go_on,
        icon=":material/play_arrow:",
    )


def _table(rows: Rows) -> None:
    ids = [item.id for item, _summary in rows]
    key = "analyze_table"
    _mark_opened(key, ids)
    percent = st.column_config.NumberColumn(format="percent")  # numbers, so that they sort as such
    st.dataframe(
        {
            _("Photograph"): [_data_uri(one.thumbnail_jpeg) for _item, one in rows],
            _("Most likely"): [_top_words(one) for _item, one in rows],
            _("Malignant or pre-malignant"): [_told(one.suspicious_prob) for _item, one in rows],
            _("Quality"): [quality_word(one.verdict) for _item, one in rows],
            _("Lesion area"): [_rounded(one.area_fraction) for _item, one in rows],
            _("Name"): [item.name for item, _summary in rows],
        },
        column_config={
            _("Photograph"): st.column_config.ImageColumn(width=96),  # px: its heading fits
            _("Most likely"): st.column_config.TextColumn(width=320),  # px: the longest name of a class
            _("Malignant or pre-malignant"): percent,
            _("Lesion area"): percent,
        },
        hide_index=True,
        placeholder="–",
        row_height=56,
        height=min(56 * len(rows) + 40, 400),
        key=key,
        on_select=lambda: _open_row(key, ids),
        selection_mode="single-row",
        alt=_("One row for each photograph"),
    )


def _mark_opened(key: str, ids: list[str]) -> None:
    """Select the row of the photograph that is open, by whichever way it was opened."""
    opened = tray.opened()
    rows = [ids.index(opened.id)] if opened and opened.id in ids else []
    st.session_state[key] = {"selection": {"rows": rows}}


def _open_row(key: str, ids: list[str]) -> None:
    chosen = st.session_state[key].selection.rows
    if chosen and chosen[0] < len(ids):
        tray.open_item(ids[chosen[0]])


def _open_choice(rows: Rows) -> None:
    items = [item for item, _summary in rows]
    photograph_choice(items, _("Open in detail"), "analyze_open", _("Or choose a row of the table."))


def quality_word(verdict: Verdict | None) -> str:
    """The verdict in one word, marked where there is advice to follow."""
    words = {Verdict.GOOD: _("good"), Verdict.FAIR: _("fair"), Verdict.POOR: _("! poor")}
    return words.get(verdict, "")


def _top_words(summary: Summary) -> str:
    if summary.top_code is None:
        return _("not named: unlike a skin lesion") if summary.likeness is Likeness.NONE else ""
    words = [f"{class_words(summary.top_code)} {format_prob(summary.top_prob)}"]
    if summary.alarm:
        words.append(_("alarm") if summary.alarm.is_reached else _("no alarm"))
    doubts = {Likeness.OTHER: _("not dermoscopy?"), Likeness.NONE: _("unlike a skin lesion")}
    if summary.likeness in doubts:
        words.append(doubts[summary.likeness])
    return ", ".join(words)


def _rounded(share: float | None) -> float | None:
    """A fraction rounded to what is shown of it."""
    return None if share is None else round(share, 2)


def _told(prob: float | None) -> float | None:
    """A probability as a number of the table, to a tenth of a percent."""
    return None if prob is None else round(told_prob(prob), 3)


def _data_uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode()}"
