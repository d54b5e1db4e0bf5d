"""Live camera: the outline, the class and advice while a camera looks at a lesion."""

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.i18n import marked
from skinapp.ui.frame import page_frame
from skinapp.ui.live import live_buttons, live_line, snapshot
from skinapp.ui.live_choices import live_settings
from skinapp.ui.live_video import live_video

page_frame(marked("Live camera"))
st.markdown(
    _(
        "Press Start and allow the camera. Its pictures go to the machine that runs this page, which draws "
        "the outline and sends them back. Nothing is recorded; a class appears once the picture is good and "
        "has held still for half a second."
    )
)
stream = live_video(live_settings())
live_line(stream)
live_buttons(stream)
snapshot(stream)
