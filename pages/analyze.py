"""Analyze a photograph: its outline, its class, where the model looked, and the lesion's measurements."""

import streamlit as st

from skinapp.i18n import marked
from skinapp.ui import tray
from skinapp.ui.analysis import analysis_of
from skinapp.ui.answer import answer, findings, notes, quality_advice
from skinapp.ui.batch import overview, summaries
from skinapp.ui.caution import similar_cases
from skinapp.ui.chat_numbers import ask_about
from skinapp.ui.choices import analysis_settings
from skinapp.ui.clinics import find_clinic
from skinapp.ui.details import details
from skinapp.ui.downloads import batch_download, table_downloads
from skinapp.ui.errors import errors_shown
from skinapp.ui.frame import page_frame
from skinapp.ui.panels import analysis_panels
from skinapp.ui.readiness import get_ready
from skinapp.ui.sources import photograph_sources, tray_line

page_frame(marked("Analyze a photograph"))
photograph_sources()
settings = analysis_settings()

rows = []
if tray.items():
    tray_line()
    rows = summaries(tray.items(), settings)
    overview(rows)
else:
    get_ready(settings.choices.segmenter, settings.choices.classifier)

opened = tray.opened()
if any(item == opened and not summary.error for item, summary in rows):
    with errors_shown():
        analysis = analysis_of(opened, settings)
        answer(analysis)
        quality_advice(analysis.quality)
        analysis_panels(analysis, settings.enlarger)
        notes(analysis, opened.credit)
        findings(analysis)
        similar_cases(analysis)
        with st.container(horizontal=True):
            table_downloads(analysis)
            ask_about(analysis)
            find_clinic()
        details(analysis)
if len(rows) > 1:
    batch_download(rows, settings)
