"""Enlarge a lesion x4: five methods side by side, and how far each can be trusted."""

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.i18n import marked
from skinapp.ui import caching
from skinapp.ui.choices import enhance_choices, enhance_settings, look_choices
from skinapp.ui.enhance_downloads import enhanced_downloads
from skinapp.ui.enhance_figures import paper_table, score_table
from skinapp.ui.enhance_panels import five_panels, honesty_panels, method_words
from skinapp.ui.enhance_verdict import verdict
from skinapp.ui.enhancement import enhancement_of
from skinapp.ui.errors import errors_shown
from skinapp.ui.frame import page_frame
from skinapp.ui.single_source import single_source

page_frame(marked("Enlarge a lesion"))
item = single_source("enhance")
settings = enhance_settings()
listings = caching.model_listings()

if item and settings.enlarger:
    given, part = enhance_choices()
    with errors_shown():
        known = enhancement_of(item, settings, given, part)
        if known:
            title = next(_(one.card.title) for one in listings if one.card.name == settings.enlarger)
            pictures = st.container()
            method, is_marked = look_choices(method_words(title))
            with pictures:
                five_panels(known, title, is_marked)
            agreement = honesty_panels(known, method, method_words(title)[method], is_marked)
            verdict(known, agreement, method, settings.choices.classifier)
            enhanced_downloads(known, method)
            score_table(known, title)
paper_table(listings)
