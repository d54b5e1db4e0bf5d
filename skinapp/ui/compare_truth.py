"""The true outline that a visitor brings, kept in the visitor's session beside its photograph."""

from dataclasses import dataclass, replace

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.imaging.geometry import resize_mask
from skinapp.services.compare import Comparison
from skinapp.services.truth import Truth, read_truth
from skinapp.ui import tray
from skinapp.ui.analysis import photograph_of
from skinapp.ui.errors import errors_shown, escaped
from skinapp.ui.tray import Item

_KEPT, _OFFERED = "compare_truth", "compare_truth_offered"


@dataclass(frozen=True)
class _File:
    photograph: str
    name: str
    data: bytes


def truth_upload(item: Item) -> None:
    """A popover that takes the true outline of a photograph; what cannot be read is told there, and what was
    there before stays."""
    with st.popover(_("True outline"), icon=":material/verified:", key="compare_truth_popover"):
        key = f"compare_truth_upload_{item.id}"
        st.file_uploader(
            _("The true outline: a mask image, or polygons as LabelMe saves them (JSON)"),
            type=None,
            key=key,
            on_change=_take,
            args=(key, item.sha256),
            help=_("The lesion in white on black, as ISIC publishes masks, of the size of the photograph."),
        )
        with errors_shown():
            _keep_if_good(item)
        file = _file(_KEPT, item)
        if file is not None:
            st.caption(_("In use: {name}.").format(name=escaped(file.name)))
            st.button(_("Forget the true outline"), key="compare_truth_forget", on_click=_forget)


def truth_of(item: Item, known: Comparison) -> Truth | None:
    """The true outline at the size of the comparison; None where none was given."""
    file = _file(_KEPT, item)
    if file is None:
        return None
    truth = _read(file, item)
    words = _("True outline: {name}.").format(name=escaped(file.name))
    st.caption(" ".join([words, *truth.notes]))
    return replace(truth, mask=resize_mask(truth.mask, *known.image.shape[:2]))


def _keep_if_good(item: Item) -> None:
    """Take what was offered; a file that cannot be read stays an offer, whose error is told on every run."""
    offered = _file(_OFFERED, item)
    if offered is not None:
        _read(offered, item)
        tray.keep(_KEPT, offered)
        tray.keep(_OFFERED, None)


def _read(file: _File, item: Item) -> Truth:
    return read_truth(file.data, file.name, *photograph_of(item).image.shape[:2])


def _file(key: str, item: Item) -> _File | None:
    file = tray.kept(key)
    return file if file is not None and file.photograph == item.sha256 else None


def _take(key: str, photograph: str) -> None:
    file = st.session_state.get(key)
    tray.keep(_OFFERED, file and _File(photograph, file.name, file.getvalue()))


def _forget() -> None:
    tray.keep(_KEPT, None)
