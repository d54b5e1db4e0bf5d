"""Results as files, made when they are asked for."""

from collections.abc import Callable
from contextvars import copy_context

import streamlit as st

from skinapp.attribution.method import Method
from skinapp.i18n import current_language
from skinapp.i18n import gettext as _
from skinapp.results import Analysis
from skinapp.services import report
from skinapp.services.filenames import file_stem
from skinapp.ui import tray
from skinapp.ui.analysis import Settings, analysis_of, is_insisted_on
from skinapp.ui.batch import Rows
from skinapp.ui.errors import errors_shown

_ZIP = "analyze_zip"


def picture_downloads(analysis: Analysis, class_index: int, method: Method, fill: float, heat: float) -> None:
    """The pictures of one analysis at the photograph's own size, drawn as they are on screen."""
    stem = file_stem(analysis.photograph.name)
    with st.container(horizontal=True, key="picture_downloads"):
        if analysis.mask is not None:
            file_button(_("Mask"), f"{stem}-mask.png", "image/png", report.mask_png, analysis)
            file_button(_("Outline"), f"{stem}-outline.png", "image/png", report.overlay_png, analysis, fill)
        if analysis.has_maps:
            told = report.heatmap_of(analysis.prediction, class_index, method)
            name = f"{stem}-heat-map-{'-'.join(told.values())}.png"
            drawn = report.heatmap_png, analysis, class_index, heat, method
            file_button(_("Heat map"), name, "image/png", *drawn)


def table_downloads(analysis: Analysis) -> None:
    """The numbers of one analysis."""
    stem = file_stem(analysis.photograph.name)
    file_button(_("Results (JSON)"), f"{stem}.json", "application/json", report.results_json, [analysis])
    file_button(_("Results (CSV)"), f"{stem}.csv", "text/csv", report.results_csv, [analysis])


def batch_download(rows: Rows, settings: Settings) -> None:
    """A zip of all photographs' results, prepared on request with counted progress."""
    good = [item for item, summary in rows if not summary.error]
    insisted = tuple(is_insisted_on(item.sha256) for item in good)
    signature = tuple(item.id for item in good), settings, insisted, current_language()
    known = tray.kept(_ZIP)
    if known and known[0] == signature:
        st.download_button(
            _("Download all results (zip)"),
            known[1],
            "skinapp-results.zip",
            "application/zip",
            key="analyze_zip_download",
            on_click="ignore",
            icon=":material/folder_zip:",
        )
    elif st.button(_("Prepare a zip of all results"), key="analyze_zip_make", icon=":material/folder_zip:"):
        with errors_shown():
            tray.keep(_ZIP, (signature, _zip(good, settings)))
            st.rerun()


def _zip(items: list, settings: Settings) -> bytes:
    bar = st.progress(0.0)

    def analyses():
        for count, item in enumerate(items):
            words = _("Packing {count} of {total}").format(count=count + 1, total=len(items))
            bar.progress(count / len(items), words)
            yield analysis_of(item, settings)

    return report.batch_zip(analyses())


def file_button(
    label: str, name: str, mime: str, make: Callable[..., bytes], *what: object, page: str = "analyze"
) -> None:
    """A button that makes ``make(*what)`` when it is pressed."""
    context = copy_context()  # made on a thread of its own, in the visitor's language
    st.download_button(
        label,
        lambda: context.copy().run(make, *what),
        name,
        mime,
        key=f"{page}_download_{label}",
        on_click="ignore",
        icon=":material/download:",
    )
