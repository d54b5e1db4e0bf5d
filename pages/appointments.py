"""Appointments: the administrator answers requests and keeps the listing of clinics."""

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.i18n import marked
from skinapp.ui.clinic_book import book, trial_note
from skinapp.ui.clinics_desk import is_administrator, leave_button, listing_desk, requests_desk
from skinapp.ui.frame import page_frame

page_frame(marked("Appointments and clinics"))
trial_note()
if is_administrator():
    desks = {_("Requests"): requests_desk, _("Clinics"): listing_desk}
    chosen = st.segmented_control(
        _("What to look at"), list(desks), default=_("Requests"), required=True, label_visibility="collapsed"
    )
    desks[chosen](book())
    leave_button()
st.page_link("pages/clinics.py", label=_("What visitors see"), icon=":material/arrow_back:")
