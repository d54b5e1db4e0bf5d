"""The camera's video between the visitor's browser and the shared workers."""

import logging
from collections.abc import Callable
from threading import Thread
from time import time

import av
import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit_webrtc import VideoProcessorBase, WebRtcMode, webrtc_streamer

from skinapp.i18n import gettext as _
from skinapp.services.ice import ice_servers
from skinapp.services.stream import LiveStream
from skinapp.settings import settings
from skinapp.ui import caching
from skinapp.ui.camera import denied_words, insecure_words, missing_words, prepare_camera
from skinapp.ui.frame import visit_number
from skinapp.ui.live_choices import LiveSettings

STREAM_KEY, OFFLINE_KEY = "live_stream", "live_offline"  # of the session; offline: no video came through
GIVEN_UP_S = 5  # of trying, before the browser said that it cannot connect
_SHOWN, _RESOLUTION, _RESTART = "live_shown", "live_resolution_shown", "live_restart"
_VIDEO_STYLE = {
    "width": "100%",
    "maxWidth": "40rem",  # on a laptop the class and the buttons stay in sight below it
    "display": "block",
    "margin": "0 auto",
    "borderRadius": "0.5rem",
    "background": "#000",
}

_log = logging.getLogger(__name__)


class _Video(VideoProcessorBase):
    """What the video track calls for each frame, outside of any visitor's script run."""

    def __init__(self, stream: LiveStream):
        self.stream = stream

    def recv(self, frame: av.VideoFrame) -> av.VideoFrame:
        try:
            picture = self.stream.show(frame.to_ndarray(format="rgb24"))
        except Exception:  # a bug while drawing must not end the video
            _log.exception("a frame could not be drawn")
            return frame
        return av.VideoFrame.from_ndarray(picture, format="rgb24")

    def on_ended(self) -> None:
        self.stream.close()


def live_video(chosen: LiveSettings) -> LiveStream | None:
    """The video with its own start and stop; the stream of this visitor once there was one."""
    key = _key(chosen.resolution)
    make = _stream_maker(chosen, key)
    with st.container(key="live_video"):
        _stay_connected(key)
        context = webrtc_streamer(
            key=key,
            mode=WebRtcMode.SENDRECV,
            rtc_configuration={"iceServers": _ice_servers()},
            media_stream_constraints=chosen.constraints,
            video_processor_factory=lambda: _Video(make()),
            sendback_audio=False,
            video_html_attrs={"autoPlay": True, "playsInline": True, "muted": True, "style": _VIDEO_STYLE},
            translations=_translations(),
        )
        prepare_camera(_restarts(chosen.resolution), _("Start"))
    if context.state.playing:
        st.session_state[OFFLINE_KEY] = False
    video = context.video_processor
    if video is not None:
        st.session_state[STREAM_KEY] = video.stream
        video.stream.choose(chosen.choices)
    stream = st.session_state.get(STREAM_KEY)
    if stream is not None and not context.state.playing and not context.state.signalling:
        _end(stream)
    return stream


def _end(stream: LiveStream) -> None:
    """Close what was stopped; what was given up without a single frame did not get through."""
    state = stream.state()
    if not state.is_closed and not state.frames:
        st.session_state[OFFLINE_KEY] = state.waited_s > GIVEN_UP_S
    stream.close()


def _stream_maker(chosen: LiveSettings, key: str) -> Callable[[], LiveStream]:
    """Opens a stream from the thread that connects, where the visitor's session cannot be asked."""
    engine, workers, context = caching.live_engine(), caching.live_workers(), st.session_state.get(key)
    session = get_script_run_ctx().session_id
    return lambda: LiveStream(
        engine,
        chosen.choices,
        workers,
        is_left=lambda: not get_instance().is_active_session(session),
        on_end=lambda: _hang_up(context),
    )


def forget_timed_runs() -> None:
    """Turn away what a browser still asks for by its clock, before the script goes to another page.

    Streamlit 1.67 takes a timed run of a fragment for a visit to the page that it stood on: one that comes
    while the next page is made empties that page as soon as it is finished.
    """
    get_script_run_ctx().fragment_storage.clear()


def _hang_up(context) -> None:
    """End the connection of a tab that is gone: its decoder, its tracks and their threads."""
    worker = context._get_worker() if context else None
    if worker is not None:
        Thread(target=worker.stop, name="live_hang_up", daemon=True).start()


def _stay_connected(key: str) -> None:
    """Keep the connection of a video that was on the page the last time too.

    streamlit-webrtc 0.79 tells by the number of finished runs whether its page was left in between. Streamlit
    counts a run when the browser hears of its end: with two runs close together the count jumps by two, and
    the connection would be given up.
    """
    shown = key, visit_number()
    if st.session_state.get(_SHOWN) == shown and key in st.session_state:
        st.session_state[key]._last_rendered_run_count = None
    st.session_state[_SHOWN] = shown


def _restarts(resolution: str) -> int:
    """How often a stream was to go on at another resolution; 0 where there is nothing to go on with."""
    before = st.session_state.get(_RESOLUTION, resolution)
    st.session_state[_RESOLUTION] = resolution
    count, visit, awaited = st.session_state.get(_RESTART, (0, 0, None))
    if before != resolution and (_runs(before) or awaited == before):
        count, visit, awaited = count + 1, visit_number(), resolution
    elif _runs(resolution):
        awaited = None
    st.session_state[_RESTART] = count, visit, awaited
    return count if visit == visit_number() else 0


def _runs(resolution: str) -> bool:
    context = st.session_state.get(_key(resolution))
    return context is not None and (context.state.playing or context.state.signalling)


def _key(resolution: str) -> str:
    return f"live_camera_{resolution}"


def _ice_servers() -> list[dict]:
    known = settings()
    return ice_servers(known.stun_urls, known.turn_urls, known.turn_secret, time())


def _translations() -> dict[str, str]:
    return {
        "start": _("Start"),
        "stop": _("Stop"),
        "select_device": _("Choose camera"),
        "select_camera": _("Choose camera"),
        "turn_camera_on": _("Camera on"),
        "turn_camera_off": _("Camera off"),
        "device_ask_permission": _("Allow this page to use the camera: the browser asks at its top."),
        "device_not_available": missing_words(),
        "device_access_denied": denied_words(),
        "media_api_not_available": insecure_words(),
    }
