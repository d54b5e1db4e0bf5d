"""Under the camera's video: one line that says what is seen, and what can be done with a frame."""

from html import escape

import streamlit as st

from skinapp.i18n import format_number
from skinapp.i18n import gettext as _
from skinapp.imaging.encoding import encode_png
from skinapp.services.stream import LiveState, LiveStream
from skinapp.ui import tray
from skinapp.ui.errors import show_error
from skinapp.ui.frame import restore_language
from skinapp.ui.legend import scale_part
from skinapp.ui.lesion_names import class_line
from skinapp.ui.live_video import OFFLINE_KEY, forget_timed_runs

REFRESH_S = 0.5
CONNECT_S = 10  # after which a connection is given up
SILENT_S = 1.5  # without a frame before it is said


def live_line(stream: LiveStream | None) -> None:
    """The class, or the advice, as one line that follows the video."""
    runs = stream is not None and not stream.state().is_closed
    with st.container(key="live_line"):
        st.fragment(_line, run_every=REFRESH_S if runs else None)(stream, runs)


def live_buttons(stream: LiveStream | None) -> None:
    """Freeze, analyze the frame, and the numbers as a table."""
    state = stream.state() if stream else None
    is_open = state is not None and not state.is_closed
    is_frozen = state is not None and state.is_frozen
    with st.container(horizontal=True, horizontal_alignment="center", key="live_buttons"):
        st.button(
            _("Let it move") if is_frozen else _("Freeze"),
            icon=":material/play_arrow:" if is_frozen else ":material/pause:",
            key="live_freeze",
            disabled=not is_open,
            on_click=_toggle_freeze,
            args=(stream,),
        )
        wants_analysis = st.button(
            _("Analyze this frame"),
            icon=":material/search:",
            type="primary",
            key="live_analyze",
            disabled=not is_open and not is_frozen,
        )
        st.download_button(
            _("Numbers (CSV)"),
            data=stream.recording.as_csv if stream else "",
            file_name="live.csv",
            mime="text/csv",
            icon=":material/download:",
            key="live_csv",
            on_click="ignore",
            disabled=stream is None,
            help=_("Time, advice, area and class probabilities of every result. No picture is in it."),
        )
    frame = stream.frame() if wants_analysis else None
    if frame is not None:
        _open(encode_png(frame), "png")


def snapshot(stream: LiveStream | None) -> None:
    """A single picture instead, on request and where video does not get through."""
    if st.session_state.get(OFFLINE_KEY):
        st.warning(
            _(
                "No video came through within {seconds} seconds. The network between this browser and the "
                "server lets none pass, or the camera gives no pictures.  \n"
                "Take a single picture below. Whoever runs the server can set up a relay (TURN), as the "
                "README says."
            ).format(seconds=CONNECT_S),
            icon=":material/wifi_off:",
        )
    if st.session_state.get(OFFLINE_KEY) or st.toggle(_("Take a single picture instead"), key="live_single"):
        st.camera_input(_("Hold the lesion in the middle"), key="live_snapshot", width=640)
        picture = st.session_state.get("live_snapshot")
        if picture is not None:
            _open(picture.getvalue(), "jpg")


def _line(stream: LiveStream | None, runs: bool) -> None:
    restore_language()
    if stream is None:
        return
    state = stream.state()
    if runs and state.is_closed:
        st.rerun()  # the whole page: its buttons change, and this line need not be drawn again
    if not state.frames and state.waited_s > CONNECT_S and not st.session_state.get(OFFLINE_KEY):
        st.session_state[OFFLINE_KEY] = True
        st.rerun()
    if state.error:
        show_error(state.error)
    words, scale = escape(_words(state)), _heat_scale() if state.has_heat and not state.is_closed else ""
    st.html(f'<div class="live"><b>{words}</b>{_doubt(state)}{scale}<small>{_numbers(state)}</small></div>')


def _doubt(state: LiveState) -> str:
    if not (state.naming and state.naming.is_doubted):
        return ""
    words = _("Not through a dermatoscope? The model is wrong more often then.")
    return f"<em>{escape(words)}</em>"


def _heat_scale() -> str:
    scale = scale_part(_("little heat"), _("much"))
    return f'<div class="legend">{scale}</div>'


def _numbers(state: LiveState) -> str:
    """Rate and latency; a frozen picture has no latency."""
    rate = format_number(state.frame_rate, 0)
    if state.is_frozen:
        return _("{rate} pictures per second").format(rate=rate)
    latency = format_number(1000 * state.latency_s, 0) if state.latency_s is not None else "–"
    return _("{rate} pictures per second · {latency} ms").format(rate=rate, latency=latency)


def _words(state: LiveState) -> str:
    if state.is_frozen:
        answer = class_line(state.naming.code, state.naming.prob) if state.naming else ""
        return _("Frozen: {answer}").format(answer=answer) if answer else _("Frozen.")
    if state.is_closed:
        return _("The camera is off.") if state.frames else _("Not connected.")
    if not state.frames:
        return _("Connecting to the camera")
    if state.silent_s > SILENT_S:
        return _("The camera sends no pictures any more. Press Stop, check the camera, and start again.")
    if state.naming:
        return class_line(state.naming.code, state.naming.prob)
    if state.error or not state.is_analyzed:
        return _("The pictures are not analyzed.")
    if state.is_late:
        return _("The computer is busy: results come too late to be shown.")
    if state.latency_s is None:
        return _("Loading the models")
    return state.advice.words or _("Hold still for a moment.")


def _toggle_freeze(stream: LiveStream) -> None:
    if stream.state().is_frozen:
        stream.resume()
    else:
        stream.freeze()


def _open(data: bytes, ending: str) -> None:
    """Put a picture on the tray and go to where it is analyzed in full."""
    number = sum(item.name.startswith("live-") for item in tray.items()) + 1
    tray.add(f"live-{number}.{ending}", data)
    forget_timed_runs()
    st.switch_page("pages/analyze.py")
