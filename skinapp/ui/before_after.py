"""A slider between two pictures of one size: a Streamlit component for mouse, touch and keyboard."""

from dataclasses import dataclass

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.ui.pictures import Outlines, browser_part

_slider = st.components.v2.component("skinapp_before_after", **browser_part("before_after"))


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two pictures, as an address, with the words on it."""

    source: str
    label: str


def before_after(before: Side, after: Side, key: str, outlines: Outlines | None = None) -> None:
    """The two pictures in one square with a handle between them, the first at its left.

    ``outlines`` are drawn dashed over both. The handle stays where it is when the page runs again.
    """
    _slider(
        key=key,
        data={
            "key": key,
            "before": before.source,
            "after": after.source,
            "beforeLabel": before.label,
            "afterLabel": after.label,
            "label": _("Between {before} and {after}").format(before=before.label, after=after.label),
            "valuetext": _("{before} left of {{percent}} percent").format(before=before.label),
            "outline": outlines.path if outlines else "",
            "width": outlines.width if outlines else 1,
            "height": outlines.height if outlines else 1,
        },
    )
