"""Compare outline models on one photograph: where they agree, what attention changes, and who is right."""

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.i18n import marked
from skinapp.ui.compare_choices import compare_variants, further_settings
from skinapp.ui.compare_figures import iou_chart, truth_table
from skinapp.ui.compare_panels import comparison_grid, summary
from skinapp.ui.compare_pictures import Shown
from skinapp.ui.compare_truth import truth_of, truth_upload
from skinapp.ui.comparison import comparison_of
from skinapp.ui.errors import errors_shown
from skinapp.ui.frame import page_frame
from skinapp.ui.single_source import single_source

page_frame(marked("Compare models on a photograph"))
item = single_source("compare")
variants = compare_variants()

if item and not variants:
    st.info(_("Choose at least one model in the sidebar."), icon=":material/info:")
if item and variants:
    with errors_shown():
        with st.container(horizontal=True):
            truth_upload(item)
            further_settings(variants)
        known = comparison_of(item, variants)
        if known:
            truth = truth_of(item, known)
            shown = Shown(item, known, truth.mask if truth else None)
            summary(shown)
            comparison_grid(shown)
            truth_table(shown)
            iou_chart(shown)
