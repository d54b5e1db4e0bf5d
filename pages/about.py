"""About: what this is and is not, the models and their figures, privacy, licence."""

import streamlit as st

from skinapp.i18n import current_language, marked
from skinapp.i18n import gettext as _
from skinapp.ui import caching
from skinapp.ui.choices import known_models
from skinapp.ui.frame import page_frame
from skinapp.ui.model_table import attention_words, enlarger_table, model_cards, model_tables

page_frame(marked("About this demonstration"))

st.markdown(
    _(
        "This is an open demonstration of how computers look at dermoscopic photographs: they draw the "
        "outline of a skin lesion, name the most likely of seven classes, and show which parts of the "
        "picture spoke for it. It is made for research and teaching."
    )
)
left, right = st.columns(2, gap="large")
with left:
    st.header(_("What it is not"), anchor=False)
    st.markdown(
        _(
            "It is not a medical device and does not replace an examination. A reassuring answer does not "
            "mean that a lesion is harmless. If a lesion changes, bleeds or worries you, show it to a "
            "physician."
        )
    )
    st.header(_("Limits"), anchor=False)
    st.markdown(
        _(
            "- It knows seven classes and names no other. It refuses most pictures without a lesion, not "
            "all.\n"
            "- It learned from photographs taken through a dermatoscope; "
            "other pictures give unreliable answers.\n"
            "- Most of those photographs show light skin. On dark skin it was hardly tested."
        )
    )
with right:
    st.header(_("Privacy"), anchor=False)
    st.markdown(
        _(
            "Photographs are read in the memory of the machine that runs this page. They are not written "
            "to disk or to a log, are not sent elsewhere, and are gone when you close the page. What a "
            "camera writes into a file, such as place and time, is not kept and is in no download. What you "
            "write to ask for an appointment is the one thing that may be kept; the Clinics page says where."
        )
    )
    st.header(_("Licence"), anchor=False)
    st.markdown(
        _(
            "The program is free software under the MIT licence. "
            "The weights follow the licences of their data."
        )
    )

st.header(_("Models"), anchor=False)
listings, device = known_models()
st.markdown(_("They run on: {device}.").format(device=device))
model_tables(listings)
enlarger_table(listings)
attention_words(caching.attention_sentences(current_language()))
model_cards(listings)
