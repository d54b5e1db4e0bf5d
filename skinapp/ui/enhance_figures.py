"""Enlargements in numbers: one photograph against its large original, the paper beside our tests."""

from typing import TYPE_CHECKING

import streamlit as st

from skinapp.i18n import format_number
from skinapp.i18n import gettext as _
from skinapp.services.enlarging_figures import PAPER, SIDES, measured
from skinapp.ui import caching
from skinapp.ui.enhance_panels import method_words
from skinapp.ui.enhancement import Enhancement

if TYPE_CHECKING:
    from skinapp.services.catalogue import Listing

LPIPS_COMMAND = "python -m skinapp install lpips"
COMPARED_MODEL = "srgan-x4"  # the model of paper D


def score_table(known: Enhancement, title: str) -> None:
    """PSNR, SSIM and LPIPS of this crop, where the photograph was made small for a test."""
    if not known.scores:
        return
    st.header(_("Against the large original"), anchor=False)
    names = method_words(title)
    st.table(
        [
            {
                _("Method"): names[method],
                "PSNR": _number(score["psnr"], 2, " dB"),
                "SSIM": _number(score["ssim"], 3),
                "LPIPS": _number(score.get("lpips"), 3, missing=_("not measured here")),
            }
            for method, score in known.scores.items()
        ],
        hide_index=True,
    )
    st.caption(
        _(
            "PSNR and SSIM on the luma of the crop above: higher is closer. LPIPS, a distance fitted to what "
            "people see: lower is closer. n = 1 photograph."
        )
    )
    if not caching.learned_distances():
        st.caption(
            _("LPIPS needs weights of others. Fetch them with: `{command}`").format(command=LPIPS_COMMAND)
        )


def paper_table(listings: "tuple[Listing, ...]") -> None:
    """The comparison that the paper reports, beside the same comparison measured here."""
    known = next((one for one in listings if one.card.name == COMPARED_MODEL), None)
    record = known.record if known else {}
    counts, ours = zip(*(measured(record, side) for side in SIDES), strict=True)
    st.header(_("What the paper reports, and what was measured here"), anchor=False)
    heads = [_head(name, count) for name, count in zip(_sides(), counts, strict=True)]
    names = method_words("SRGAN")
    st.table(
        [
            {_("Method"): names[method], _("Reported in the paper"): _triple(PAPER[method])}
            | {head: _triple(figures.get(method)) for head, figures in zip(heads, ours, strict=True)}
            for method in PAPER
        ],
        hide_index=True,
    )
    st.caption(
        _(
            "PSNR in dB / SSIM / LPIPS; a dash: not measured. The paper's numbers come from other "
            "photographs, prepared in another way, and cannot be compared with ours row by row; each column "
            "can be read downwards. Here the lesion enlarged bicubically and put back is bicubic itself."
        )
    )


def _sides() -> tuple[str, str]:
    return _("Here, made small cleanly"), _("Here, as by a phone")


def _head(name: str, count: int | None) -> str:
    return name if count is None else f"{name} (n = {count})"


def _triple(score: dict[str, float | None] | None) -> str:
    if not score:
        return _("not measured")
    parts = _number(score.get("psnr"), 2), _number(score.get("ssim"), 3), _number(score.get("lpips"), 3)
    return " / ".join(parts)


def _number(value: float | None, decimals: int, unit: str = "", missing: str = "–") -> str:
    return missing if value is None else format_number(value, decimals) + unit
