"""Clinics: who sees skin lesions near the visitor, and asking for an appointment there."""

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.i18n import marked
from skinapp.ui.clinic_book import book, trial_note
from skinapp.ui.clinics import chosen_clinic, clinic_list
from skinapp.ui.focus import follow_focus
from skinapp.ui.frame import page_frame
from skinapp.ui.visits import own_requests, request_by_code, request_form

page_frame(marked("Clinics"))
trial_note()
kept = book()
clinics = kept.clinics()
clinic = chosen_clinic(clinics)
if clinic:
    request_form(kept, clinic)
else:
    shown = own_requests(kept)
    clinic_list(kept, clinics)
    request_by_code(kept, shown)
st.page_link("pages/appointments.py", label=_("For administrators"), icon=":material/badge:")
follow_focus()
