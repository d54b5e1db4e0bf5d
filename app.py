"""The pages, in order."""

import streamlit as st

from skinapp.i18n import gettext as _

st.navigation(
    [
        st.Page("pages/analyze.py", title=_("Analyze"), icon=":material/search:", default=True),
        st.Page("pages/about.py", title=_("About"), icon=":material/info:"),
    ]
).run()
