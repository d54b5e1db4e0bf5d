"""The grid of a comparison with its switch, its legend and its files."""

from itertools import groupby

import numpy as np
import streamlit as st

from skinapp.i18n import format_number, format_percent
from skinapp.i18n import gettext as _
from skinapp.imaging.montage import Tile
from skinapp.imaging.patterns import ADDED, MISSING, SHARED
from skinapp.services import compare_files
from skinapp.services.compare import TIMED_ROUNDS, Comparison, twin_pairs
from skinapp.services.filenames import file_stem
from skinapp.ui.analysis import photograph_of
from skinapp.ui.compare_choices import Layer, layer_choice
from skinapp.ui.compare_pictures import Picture, Shown, pictures_of
from skinapp.ui.downloads import file_button
from skinapp.ui.errors import errors_shown
from skinapp.ui.frame import restore_language
from skinapp.ui.legend import ink_part, legend, note_part, scale_part
from skinapp.ui.linked_zoom import ZoomPanel, linked_zoom
from skinapp.ui.pictures import data_uri, outlines_of

COLUMNS = 4
FILE_COLUMNS = 3
NARROWEST, WIDEST = 3 / 4, 16 / 9  # of a window; longer photographs leave a margin in it


def summary(shown: Shown) -> None:
    """How far the outlines agree, in a sentence."""
    known = shown.known
    if not known.masks.any():
        st.info(_("No model found a lesion. A lower threshold may find a faint one."), icon=":material/info:")
    elif len(known.variants) > 1:
        st.markdown(_agreement_words(shown))


@st.fragment
@errors_shown()
def comparison_grid(shown: Shown) -> None:
    """The pictures, redrawn without comparing again when another layer is chosen."""
    restore_language()
    has_gates = any(variant.card.has_gates for variant in shown.known.variants)
    layer = layer_choice(has_gates, shown.truth is not None)
    with st.spinner(_("Asking the models")):
        pictures = pictures_of(shown, layer)
    if layer is Layer.GATES:
        st.caption(
            _(
                "A gate weighs what the network hands on, place by place: 1 lets all through, 0 nothing. "
                "A picture in nearly one colour means that the gate treats all places nearly alike."
            )
        )
    height, width = shown.known.image.shape[:2]
    aspect = min(WIDEST, max(NARROWEST, width / height))
    linked_zoom([_panel(picture) for picture in pictures], "compare_zoom", COLUMNS, aspect)
    _legend(shown, layer)
    _downloads(shown, pictures, layer)


def _panel(picture: Picture) -> ZoomPanel:
    return ZoomPanel(
        picture.label,
        data_uri(picture.image),
        picture.words,
        outlines=tuple(outlines_of(mask, line) for mask, line in picture.borders),
        badges=picture.badges,
        sample=picture.sample,
        group=picture.group,
        wide=picture.wide,
    )


def _agreement_words(shown: Shown) -> str:
    known = shown.known
    rows, columns = np.triu_indices(len(known.variants), k=1)
    ious = known.ious[rows, columns]
    least = int(ious.argmin())
    words = _("**On average two of these {count} outlines overlap with an IoU of {mean}.**").format(
        count=len(known.variants), mean=format_number(ious.mean())
    )
    if len(ious) > 1:
        words += " " + _("Least alike: {first} and {second}, {least}.").format(
            first=shown.titles[rows[least]],
            second=shown.titles[columns[least]],
            least=format_number(ious[least]),
        )
    return f"{words} " + _("Their consensus covers {share} of the frame.").format(
        share=format_percent(known.consensus.mean())
    )


def _legend(shown: Shown, layer: Layer) -> None:
    parts = []
    if layer is Layer.TRUTH:
        parts += [
            ink_part(SHARED, _("right: in both")),
            ink_part(ADDED, _("too much: not in the truth")),
            ink_part(MISSING, _("missed: in the truth alone")),
        ]
    scales = {
        Layer.PROBABILITY: (_("probability 0"), "1"),
        Layer.HEAT: (_("little heat"), _("much")),
        Layer.GATES: (_("gate closed, 0"), _("open, 1")),
    }
    if layer in scales:
        parts.append(scale_part(*scales[layer]))
    if layer is not Layer.GATES:
        parts += _shared_parts(shown.known, is_explained=layer is Layer.TRUTH)
        time = _("ms: one picture through the model on this machine, the fastest of {count} runs")
        parts.append(note_part(time.format(count=TIMED_ROUNDS)))
    legend(*parts)


def _shared_parts(known: Comparison, is_explained: bool) -> list[str]:
    parts = []
    if twin_pairs(known):
        parts += [
            ink_part(ADDED, _("gained by attention")),
            ink_part(MISSING, _("lost by attention")),
        ]
        parts += [] if is_explained else [ink_part(SHARED, _("in both"))]
    if len(known.variants) > 1:
        parts.append(scale_part(_("disagreement 0"), _("1 bit")))
    return parts


def _downloads(shown: Shown, pictures: list[Picture], layer: Layer) -> None:
    photograph = photograph_of(shown.item)
    stem = f"{file_stem(photograph.name)}-compared"
    with st.container(horizontal=True, key="compare_downloads"):
        file_button(
            _("Pictures (PNG)"),
            f"{stem}-{layer}.png",
            "image/png",
            lambda: compare_files.grid_png(_file_rows(pictures), shown.known),
            page="compare",
        )
        file_button(
            _("Figures (CSV)"),
            f"{stem}.csv",
            "text/csv",
            compare_files.figures_csv,
            shown.known,
            photograph,
            shown.parameters,
            shown.scores,
            page="compare",
        )


def _file_rows(pictures: list[Picture]) -> list[list[Tile]]:
    """A pair and its difference in a row of their own, the others side by side."""
    rows = []
    for _group, members in groupby(pictures, key=lambda picture: picture.group):
        tiles = [_tile(picture) for picture in members]
        rows += [tiles[start : start + FILE_COLUMNS] for start in range(0, len(tiles), FILE_COLUMNS)]
    return rows


def _tile(picture: Picture) -> Tile:
    lines = picture.label, picture.words, " · ".join(picture.badges)
    return Tile(picture.flat(), tuple(line for line in lines if line))
