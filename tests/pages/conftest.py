"""The app under `AppTest`: weights for every model, engines made anew."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from skinapp.engine import choice
from skinapp.engine.torch_engine import TorchEngine
from skinapp.imaging.encoding import encode_png
from skinapp.imaging.synthetic import draw_lesion
from skinapp.services import compare
from skinapp.settings import settings
from skinapp.ui import readiness

APP = Path(__file__).resolve().parents[2] / "app.py"


@pytest.fixture(scope="session")
def engine_of_all(weights_dir):
    """The engine for the weights of all tests: to load its models anew for each page takes long."""
    return TorchEngine(weights_dir, device="cpu")


@pytest.fixture
def environment(weights_dir, engine_of_all, monkeypatch):
    """Settings of the test; returns a function that sets more of them."""
    plain = choice.choose_engine

    def choose(*given, **named):
        known = settings()
        is_usual = (known.weights_dir, known.device, known.engine) == (weights_dir, "cpu", "torch")
        return engine_of_all if is_usual and not (given or named) else plain(*given, **named)

    monkeypatch.setattr(choice, "choose_engine", choose)
    monkeypatch.setattr(compare, "TIMED_ROUNDS", 2)  # a first run and a steady one; more are the same here

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        st.cache_data.clear()
        st.cache_resource.clear()

    # PyTorch: converting for OpenVINO takes longer than these pages; the engine's own tests compare both.
    change(SKINAPP_WEIGHTS=str(weights_dir), SKINAPP_DEVICE="cpu", SKINAPP_ENGINE="torch")
    yield change
    monkeypatch.undo()
    change()


class NotStarted:
    """In place of a thread: whatever it would do, no test waits for it, and none meets what another began."""

    def __init__(self, **given):
        self.given = given

    def start(self) -> None:
        pass


@pytest.fixture
def app(environment, monkeypatch) -> AppTest:
    """The app, opened at its first page."""
    monkeypatch.setattr(readiness, "Thread", NotStarted)
    return AppTest.from_file(str(APP), default_timeout=600).run()


@pytest.fixture
def without_a_server(monkeypatch):
    """`AppTest` has no server, whose sessions the camera's component asks for."""
    monkeypatch.setattr("streamlit_webrtc.component.get_this_session_info", lambda: None)


def pressed(app: AppTest, label: str) -> AppTest:
    """The app after its first button of this label was pressed."""
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


@pytest.fixture(scope="session")
def lesion_png() -> bytes:
    return encode_png(draw_lesion(2, 150, 200)[0])


@pytest.fixture
def upload():
    """A function that gives files, as (name, bytes), to the upload field and runs the page."""

    def give(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
        app.file_uploader[0].set_value([(name, data, "image/png") for name, data in files])
        return app.run()

    return give
