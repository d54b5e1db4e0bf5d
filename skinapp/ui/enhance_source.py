"""Which photograph the Enhance page works on: the last analysed, another of the tray, or a new one."""

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.imaging.reading import MAX_BYTES
from skinapp.services.gallery import synthetic_examples
from skinapp.ui import tray
from skinapp.ui.sources import example_strip, photograph_choice
from skinapp.ui.tray import Item


def enhance_source() -> Item | None:
    """The photograph to enlarge; None where there is none yet, with examples to try."""
    known = tray.items()
    if not known:
        _upload()
        st.markdown(_("Or try one of these:"))
        example_strip(synthetic_examples(), "synthetic", page="enhance")
        st.caption(_("These lesions are synthetic: drawn by a program, not photographs."))
        return None
    left, right = st.columns([3, 2], vertical_alignment="bottom", gap="medium")
    with left:
        words = _("The last one that was open on the Analyze page is taken first.")
        photograph_choice(known, _("Photograph"), "enhance_open", words)
    with right, st.popover(_("Another photograph"), icon=":material/upload:"):
        _upload()
    return tray.opened()


def _upload() -> None:
    key = f"enhance_upload_{len(tray.items())}_{tray.upload_round()}"  # a new, empty field after each file
    st.file_uploader(
        _("A photograph of a skin lesion, taken through a dermatoscope"),
        type=None,
        key=key,
        on_change=_take,
        args=(key,),
        help=_("JPEG, PNG, WebP, BMP or TIFF, up to {size} MB each.").format(size=MAX_BYTES // 1024**2),
    )


def _take(key: str) -> None:
    file = st.session_state.get(key)
    if file is not None:
        tray.add(file.name, file.getvalue())
