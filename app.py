"""The pages, in order.

Their icons are in `skinapp.ui.style`: given here, browsers would fetch them from another server.
"""

import streamlit as st

from skinapp.i18n import gettext as _

st.navigation(
    [
        st.Page("pages/analyze.py", title=_("Analyze"), default=True),
        st.Page("pages/live.py", title=_("Live")),
        st.Page("pages/enhance.py", title=_("Enhance")),
        st.Page("pages/compare.py", title=_("Compare")),
        st.Page("pages/metrics.py", title=_("Metrics")),
        st.Page("pages/assistant.py", title=_("Assistant")),
        st.Page("pages/about.py", title=_("About")),
    ]
).run()
