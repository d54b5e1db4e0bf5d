"""What a visitor chooses for the camera, before and while it streams."""

from dataclasses import dataclass

import streamlit as st

from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.services.frame import LiveChoices
from skinapp.ui import caching
from skinapp.ui.choices import model_sidebar
from skinapp.ui.errors import show_error

RESOLUTIONS = {"640x480": (640, 480), "1280x720": (1280, 720), "1920x1080": (1920, 1080)}


@dataclass(frozen=True)
class LiveSettings:
    """The analysis, and the width and height that the camera is asked for."""

    choices: LiveChoices
    resolution: str

    @property
    def constraints(self) -> dict:
        """What the browser is asked for: the rear camera first, no sound, wishes rather than demands."""
        width, height = RESOLUTIONS[self.resolution]
        video = {"facingMode": "environment", "width": width, "height": height, "frameRate": 30}
        return {"video": {key: {"ideal": value} for key, value in video.items()}, "audio": False}


def live_settings() -> LiveSettings:
    """The choices from the sidebar; models are the same as in Analyze."""
    with model_sidebar(caching.live_engine) as model_for:
        segmenter, classifier = model_for("segmentation"), model_for("classification")
        show_heat = st.toggle(
            _("Show where the model looked"),
            key="live_heat",
            persist_state="session",
            help=_("Grad-CAM: the parts of the picture that raised the score of the most likely class."),
        )
        analyze = st.toggle(
            _("Analyze the pictures"),
            value=True,
            key="live_analyze_on",
            persist_state="session",
            help=_("Off, the camera's pictures come back as they are."),
        )
        resolution = st.selectbox(
            _("Camera resolution"),
            list(RESOLUTIONS),
            format_func=lambda name: name.replace("x", " × "),
            key="live_resolution",
            persist_state="session",
            help=_("Larger pictures need more of the network and of this machine."),
        )
    try:
        gate = caching.gate() if classifier else None
    except SkinAppError as error:  # then no class rather than one for everything
        show_error(error)
        classifier = gate = None
    return LiveSettings(LiveChoices(segmenter, classifier, show_heat, analyze, gate=gate), resolution)
