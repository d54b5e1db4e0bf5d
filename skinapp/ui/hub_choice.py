"""Adding a classifier of the Hugging Face hub by its name, where the one who runs the app allows it."""

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.settings import settings
from skinapp.ui import caching
from skinapp.ui.errors import errors_shown


def hub_choice() -> None:
    """A field for the name; what was fetched is among the classifiers from then on."""
    if not settings().takes_classifiers:
        return
    with st.expander(_("Add a classifier")):
        repo = st.text_input(
            _("Name on the Hugging Face hub"),
            placeholder=_("owner/name"),
            key="settings_hub",
            help=_("An image classifier for the seven classes, with safetensors files. It is fetched once."),
        )
        if st.button(_("Fetch it"), disabled=not repo, key="settings_hub_fetch"):
            with errors_shown(), st.spinner(_("Fetching {name}").format(name=repo)):
                caching.add_classifier(repo.strip())
                st.rerun()
