"""What the video's frame does not do by itself: errors in the visitor's words, whole pictures, one start."""

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.ui.pictures import browser_file

_component = st.components.v2.component("skinapp_camera", js=browser_file("camera.js"))


def denied_words() -> str:
    """What to do where the browser did not give the camera."""
    return _("The camera was not allowed. Allow it beside the page's address and press Start again.")


def missing_words() -> str:
    """What to do where there is no camera."""
    return _("No camera was found. Plug one in, or analyze a photograph instead.")


def insecure_words() -> str:
    """Why the browser of another machine gives no camera to a page without HTTPS."""
    return _("This browser gives the camera only to pages with HTTPS or on this machine itself.")


def prepare_camera(starts: int, start: str) -> None:
    """Let the video's frame say our words for the errors of `getUserMedia`, and keep the resolution.

    A component without a look of its own: a slow browser then sends fewer pictures, not smaller ones. Each
    time that ``starts`` grows it presses the button named ``start`` once: streamlit-webrtc 0.79 itself opens
    several connections where it is asked to play before it has loaded.
    """
    busy = _("The camera gives no pictures. Close other programs that use it and press Start again.")
    words = {
        "NotAllowedError": denied_words(),
        "NotFoundError": missing_words(),
        "NotReadableError": busy,
        "AbortError": busy,
        "insecure": insecure_words(),
    }
    _component(
        key="live_camera", data={"name": _("Camera"), "words": words, "starts": starts, "start": start}
    )
