"""The pages, in order.

Their icons are in `skinapp.ui.style`: given here, browsers would fetch them from another server.
"""

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.ui.frame import restore_language

restore_language()  # the pages' titles are read before any page

# The first page lies at the root. People type its name all the same, which leads there.
analyze = st.Page("pages/analyze.py", title=_("Analyze"), url_path="first", default=True)
typed = st.Page(lambda: st.switch_page(analyze), title=_("Analyze"), url_path="analyze", visibility="hidden")

st.navigation(
    [
        analyze,
        st.Page("pages/live.py", title=_("Live")),
        st.Page("pages/enhance.py", title=_("Enhance")),
        st.Page("pages/compare.py", title=_("Compare")),
        st.Page("pages/metrics.py", title=_("Metrics")),
        st.Page("pages/assistant.py", title=_("Assistant")),
        st.Page("pages/clinics.py", title=_("Clinics")),
        st.Page("pages/appointments.py", title=_("Appointments"), visibility="hidden"),
        st.Page("pages/about.py", title=_("About")),
        typed,
    ]
).run()
