"""The language of the page for the browser itself, and Streamlit's own words in it."""

import streamlit as st

from skinapp.i18n import DEFAULT_LANGUAGE, current_language, marked
from skinapp.i18n import gettext as _
from skinapp.ui.pictures import browser_file

_component = st.components.v2.component("skinapp_page_language", js=browser_file("page_language.js"))

# As Streamlit 1.67 writes them; what another version words differently stays English.
STREAMLIT_WORDS = (
    marked("Upload"),
    marked("{} per file"),
    marked("Drag and drop a file here"),
    marked("Drag and drop files here"),
    marked("file upload"),
    marked("Take Photo"),
    marked("Clear photo"),
    marked("Press Enter to apply"),
    marked("Press Enter to submit form"),
    marked("Choose an option"),
    marked("Open"),
    marked("Help"),
    marked("Help for {}"),
    marked("Fullscreen"),
    marked("Fullscreen: {}"),
    marked("Close fullscreen"),
    marked("Increment"),
    marked("Decrement"),
    marked("Send message"),
    marked("Download as CSV"),
    marked("Search"),
    marked("Show/hide columns"),
    marked("Download plot as a PNG"),
    marked("App pages"),
    marked("Sidebar"),
    marked("Collapse sidebar"),
    marked("Expand sidebar"),
    marked("Skip to main content"),
    marked("Main menu"),
    marked("Theme"),
    marked("System"),
    marked("Light"),
    marked("Dark"),
    marked("Print"),
    marked("Record screen"),
    marked("Copy version to clipboard"),
    marked("Running..."),
    marked("Stop"),
    marked("Clear value"),
    marked("No results"),
)


def tell_language() -> None:
    """Tell a browser, and whoever has it read aloud, which language the page speaks.

    A component without a look of its own. Streamlit calls every page English and has no other words for its
    buttons.
    """
    language = current_language()
    words = {} if language == DEFAULT_LANGUAGE else {word: _(word) for word in STREAMLIT_WORDS}
    _component(key="page_language", data={"language": language, "words": words})
