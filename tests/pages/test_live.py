"""The Live page as it opens; what it does with a camera is tested in a browser."""

from types import SimpleNamespace

import pytest
from streamlit_webrtc import WebRtcStreamerContext
from streamlit_webrtc.component import WebRtcStreamerState

from skinapp.models import registry
from skinapp.models.card import Task
from skinapp.services.frame import LiveChoices
from skinapp.services.stream import LiveStream
from skinapp.services.workers import Workers

pytestmark = pytest.mark.usefixtures("without_a_server")


@pytest.fixture
def live(app):
    return app.switch_page("pages/live.py").run()


def test_the_page_says_what_will_happen_and_that_nothing_is_recorded(live):
    assert not live.exception
    assert live.title[0].value == "Live camera"
    assert "Nothing is recorded" in live.markdown[0].value
    assert len([element for element in live.caption if "not a medical device" in element.value]) == 1


def test_there_is_nothing_to_press_before_the_camera_runs(live):
    assert live.button(key="live_freeze").disabled
    assert live.button(key="live_analyze").disabled


def test_choices_are_those_of_analyze(live):
    assert len(live.selectbox(key="settings_segmenter").options) == len(registry.names(Task.SEGMENTATION))
    live.toggle(key="live_heat").set_value(True).run()
    assert not live.exception
    live.selectbox(key="live_resolution").set_value("1280x720").run()
    assert not live.exception


def test_without_weights_the_page_still_opens(app, environment, tmp_path):
    environment(SKINAPP_WEIGHTS=str(tmp_path / "nowhere"))
    app.switch_page("pages/live.py").run()
    assert not app.exception
    assert any("no model is installed" in element.value for element in app.caption)


def test_a_frame_goes_to_analyze(live, lesion_png, environment):
    from skinapp.imaging.reading import read_photograph
    from skinapp.ui import caching

    workers = Workers(threads=0)
    stream = LiveStream(caching.engine(), LiveChoices(None, None), workers)
    stream.show(read_photograph(lesion_png, "arm.png").image)
    stream.freeze()  # what is held stays when the camera stops
    live.session_state["live_stream"] = stream
    live.run()
    assert not live.button(key="live_analyze").disabled
    live.button(key="live_analyze").click().run()
    assert not live.exception
    assert [item.name for item in live.session_state["tray_items"]] == ["live-1.png"]


def test_a_frozen_picture_has_no_latency(live, lesion_png):
    from skinapp.imaging.reading import read_photograph

    stream = LiveStream(None, LiveChoices(None, None), Workers(threads=0))
    stream.show(read_photograph(lesion_png, "arm.png").image)
    stream.freeze()
    live.session_state["live_stream"] = stream
    live.run()
    (line,) = [element.proto.body for element in live.get("html") if 'class="live"' in element.proto.body]
    assert "Frozen." in line and "pictures per second" in line and " ms" not in line


def test_where_no_video_comes_through_a_picture_is_offered(live):
    live.session_state["live_offline"] = True
    live.run()
    assert not live.exception
    assert "No video came through" in live.warning[0].value


@pytest.fixture
def session(monkeypatch):
    """What the camera's component asks a server for: the number of runs that the browser heard of."""
    session = SimpleNamespace(script_run_count=5)
    monkeypatch.setattr("streamlit_webrtc.component.get_this_session_info", lambda: session)
    return session


def playing(page) -> WebRtcStreamerContext:
    """The page's camera, as if it were on."""
    context = page.run().session_state["live_camera_640x480"]
    context._set_state(WebRtcStreamerState(playing=True, signalling=False))
    return context


def test_two_runs_close_together_do_not_end_the_video(live, session):
    camera = playing(live)
    session.script_run_count += 2
    live.toggle(key="live_heat").set_value(True).run()
    assert camera.state.playing


def test_a_video_is_over_once_its_page_was_left(live, session):
    camera = playing(live)
    live.switch_page("pages/about.py").run()
    session.script_run_count += 2
    live.switch_page("pages/live.py").run()
    assert not camera.state.playing
