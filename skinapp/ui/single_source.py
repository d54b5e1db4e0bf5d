"""The one photograph that a page works on: the last analysed, another of the tray, or a new one."""

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.imaging.reading import MAX_BYTES
from skinapp.services.gallery import synthetic_examples
from skinapp.ui import tray
from skinapp.ui.sources import camera, example_strip, gallery, photograph_choice, source_choice
from skinapp.ui.tray import Item


def single_source(page: str) -> Item | None:
    """The photograph to work on; None where there is none yet, with examples to try.

    ``page`` begins the keys of the widgets.
    """
    known = tray.items()
    if not known:
        _ways(page, with_examples=True)
        return None
    left, right = st.columns([3, 2], vertical_alignment="bottom", gap="medium")
    with left:
        words = _("The last one that was open on the Analyze page is taken first.")
        photograph_choice(known, _("Photograph"), f"{page}_open", words)
    with right, st.popover(_("Another photograph"), icon=":material/upload:"):
        _ways(page, with_examples=False)
    return tray.opened()


def _ways(page: str, with_examples: bool) -> None:
    source = source_choice(page)
    if source == "camera":
        camera(page)
    elif source == "gallery":
        gallery(page)
    else:
        _upload(page)
        if with_examples:
            st.markdown(_("Or try one of these:"))
            example_strip(synthetic_examples(), "synthetic", page=page)
            st.caption(_("These lesions are synthetic: drawn by a program, not photographs."))


def _upload(page: str) -> None:
    key = f"{page}_upload_{len(tray.items())}_{tray.upload_round()}"  # a new, empty field after each file
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
