"""The models in a table, made from their cards and the figures beside their weights."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from skinapp.i18n import format_number, format_signed
from skinapp.i18n import gettext as _
from skinapp.labels import BINARY_CODES

if TYPE_CHECKING:
    from skinapp.services.catalogue import Listing


def model_tables(listings: "tuple[Listing, ...]") -> None:
    """One table for each task, with the cards' own words under it."""
    st.subheader(_("Outline"), anchor=False)
    st.table(
        [_segmenter_row(known) for known in listings if known.card.task == "segmentation"], hide_index=True
    )
    st.caption(
        _("IoU and Dice: overlap with outlines of experts on test photographs, 1 is perfect; mean over n.")
    )
    st.subheader(_("Class"), anchor=False)
    classifiers = [known for known in listings if known.card.task == "classification"]
    st.table(
        [_classifier_row(known) for known in classifiers if known.card.labels != BINARY_CODES],
        hide_index=True,
    )
    st.caption(
        _(
            "Balanced accuracy: share of each class that is named rightly, mean over the classes. "
            "AUC: mean over the classes."
        )
    )
    of_two = [_two_class_row(known) for known in classifiers if known.card.labels == BINARY_CODES]
    if of_two:
        st.subheader(_("Benign or malignant"), anchor=False)
        st.table(of_two, hide_index=True)
        st.caption(
            _(
                "Sensitivity: share of the malignant and pre-malignant that raise the alarm. "
                "Specificity: share of the others that do not."
            )
        )


def enlarger_table(listings: "tuple[Listing, ...]") -> None:
    """The super-resolution models against plain enlargement."""
    st.subheader(_("Enlarging x4"), anchor=False)
    st.table(
        [_enlarger_row(known) for known in listings if known.card.task == "super-resolution"], hide_index=True
    )
    st.caption(
        _(
            "PSNR in decibels on test photographs that were made small, higher is closer to the truth; in "
            "brackets the gain over plain (bicubic) enlargement. Degraded: with blur, noise and compression."
        )
    )


def attention_words(sentences: tuple[str, ...]) -> None:
    """Whether attention helps, in the words that the intervals allow."""
    if not sentences:
        return
    st.subheader(_("Does attention help?"), anchor=False)
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))
    st.caption(
        _(
            "The difference on the same test photographs, with a paired bootstrap interval over photographs "
            "and trainings. One training says little: another could move the mean as far."
        )
    )


def model_cards(listings: "tuple[Listing, ...]") -> None:
    """What to know before trusting each model."""
    for known in listings:
        card = known.card
        with st.expander(_(card.title)):
            facts = {
                _("Architecture"): _(card.architecture),
                _("Source"): card.source,
                _("Trained on"): _(card.data),
                _("Licence of the weights"): _(card.licence),
                _("Intended use"): _(card.intended_use),
                _("Limits"): card.limits_words,
                _("Weights, SHA-256"): known.record.get("sha256", _("not installed")),
            }
            st.table(facts, border="horizontal", hide_header=True)


def _row(known: "Listing", figures: dict[str, str], scored: dict[str, Any]) -> dict[str, str]:
    """A model with its figures; how many photographs they are of is in ``scored``."""
    title = _(known.card.title)
    return {
        _("Model"): title if known.installed else _("{title}, not installed").format(title=title),
        **figures,
        "n": str(scored.get("n", "–")),
        _("Licence"): _(known.card.licence).partition(" (")[0],
    }


def _segmenter_row(known: "Listing") -> dict[str, str]:
    crops = known.figures.get("crop", {})
    return _row(known, {_("IoU"): _figure(crops, "iou"), _("Dice"): _figure(crops, "dice")}, crops)


def _classifier_row(known: "Listing") -> dict[str, str]:
    figures = {
        _("Balanced accuracy"): _figure(known.figures, "balanced_accuracy"),
        _("Accuracy"): _figure(known.figures, "accuracy"),
        _("AUC"): _figure(known.figures, "macro_auc"),
    }
    return _row(known, figures, known.figures)


def _two_class_row(known: "Listing") -> dict[str, str]:
    alarm = known.record.get("alarm", {})
    figures = {
        _("Sensitivity"): _figure(alarm, "test_sensitivity"),
        _("Specificity"): _figure(alarm, "test_specificity"),
        _("AUC"): _figure(known.figures, "macro_auc"),
    }
    return _row(known, figures, known.figures)


def _enlarger_row(known: "Listing") -> dict[str, str]:
    clean, degraded = (known.figures.get(side, {}) for side in ("clean", "degraded"))
    return _row(known, {_("PSNR, clean"): _gain(clean), _("PSNR, degraded"): _gain(degraded)}, clean)


def _gain(figures: dict[str, Any]) -> str:
    if not figures:
        return "–"
    ours, bicubic = (figures[method]["psnr"] for method in ("enlarger", "bicubic"))
    return f"{format_number(ours)} ({format_signed(ours - bicubic)})"


def _figure(figures: dict[str, Any], key: str) -> str:
    return format_number(figures[key]) if key in figures else "–"
