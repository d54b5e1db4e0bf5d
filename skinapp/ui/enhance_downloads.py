"""Enlarged images as files that say for good what they are."""

import numpy as np
import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.services import enhance
from skinapp.services.enhance_whole import enlarged_bands
from skinapp.services.enhanced_files import enhanced_name, enhanced_png, enhanced_png_of_bands
from skinapp.ui import caching, tray
from skinapp.ui.downloads import file_button
from skinapp.ui.enhancement import Enhancement, counted

_WHOLE = "enhance_file"


def enhanced_downloads(known: Enhancement, method: str) -> None:
    """The crop at once; the whole photograph when it is asked for."""
    name = enhanced_name(known.name, method, known.model.name)
    with st.container(horizontal=True, key="enhance_downloads"):
        image = getattr(known.methods, method)
        label = _("Download the crop (PNG)")
        file_button(label, name, "image/png", enhanced_png, image, method, known.model, page="enhance")
        _whole_photograph(known, method, name)


def _whole_photograph(known: Enhancement, method: str, name: str) -> None:
    signature = known.signature, method
    made = tray.kept(_WHOLE)
    if made and made[0] == signature:
        st.download_button(
            _("Download the whole photograph (PNG)"),
            made[1],
            f"whole-{name}",
            "image/png",
            key="enhance_whole_download",
            on_click="ignore",
            icon=":material/download:",
        )
    elif st.button(_("Enlarge the whole photograph to a file"), key="enhance_whole_make"):
        tray.keep(_WHOLE, (signature, _whole_png(known, method)))
        st.rerun()


def _whole_png(known: Enhancement, method: str) -> bytes:
    height, width = known.image.shape[:2]
    enlarger = enhance.enlarger_of(caching.engine(), known.model.name)
    with counted(_("Enlarging"), _nothing_to_undo, "enhance_whole_stop") as on_progress:
        bands = enlarged_bands(known.image, _enlarged_by_model(known, method), enlarger, on_progress)
        size = enhance.SCALE * height, enhance.SCALE * width
        return enhanced_png_of_bands(bands, *size, method, known.model)


def _enlarged_by_model(known: Enhancement, method: str) -> np.ndarray:
    if method == "enlarger" or (method == "segment_enlarger" and not known.mask.any()):
        return np.ones_like(known.mask)
    return known.mask if method == "segment_enlarger" else np.zeros_like(known.mask)


def _nothing_to_undo() -> None:
    """Any press ends the run; without the button held down, nothing starts again."""
