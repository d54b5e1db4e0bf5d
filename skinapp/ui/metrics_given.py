"""Someone's own predictions as a further row of the scorecard. They stay in the visitor's session."""

import streamlit as st

from skinapp.errors import DataError
from skinapp.i18n import gettext as _
from skinapp.i18n import ngettext
from skinapp.services.filenames import file_stem
from skinapp.services.scoring.files import zip_files
from skinapp.services.scoring.predictions import (
    Submission,
    own_true_classes,
    own_true_masks,
    score_classes,
    score_masks,
    true_classes,
)
from skinapp.services.scoring.scored import ScoredModel
from skinapp.settings import settings
from skinapp.ui import caching
from skinapp.ui.errors import errors_shown

_KEY = "metrics_given"  # (task, name) -> submission


def given_rows(task: str) -> tuple[ScoredModel, ...]:
    """The rows that this visitor has handed in."""
    return tuple(
        ScoredModel(name, _title(name, known), known.table, known.intervals)
        for (of, name), known in _submissions().items()
        if of == task
    )


def predictions_upload(task: str) -> None:
    """Fields for predictions and true answers, and what could not count of those handed in."""
    mine = {name: known for (of, name), known in _submissions().items() if of == task}
    with st.expander(_("Add predictions of your own"), icon=":material/upload_file:", expanded=bool(mine)):
        st.markdown(_outline_words() if task == "outline" else _class_words())
        left, right = st.columns(2, gap="large")
        kind = ["zip"] if task == "outline" else ["csv"]
        with left:
            given = st.file_uploader(_("Predictions"), type=kind, key=f"metrics_given_{task}")
        with right:
            truth = st.file_uploader(
                _("True answers"),
                type=kind,
                key=f"metrics_truth_{task}",
                help=_("Without a file: our own test rows, if their true answers are at hand."),
            )
        with errors_shown():
            if given and st.button(_("Score them"), type="primary", key=f"metrics_score_{task}"):
                name = file_stem(given.name)
                _submissions()[task, name] = _scored(task, given.getvalue(), truth and truth.getvalue())
                st.rerun()
        for name, known in mine.items():
            _report(task, name, known)


def _scored(task: str, given: bytes, truth: bytes | None) -> Submission:
    with st.spinner(_("Scoring")):
        if task == "outline":
            truths = zip_files(truth) if truth else own_true_masks(settings().data_dir)
            _check_known(truths)
            return score_masks(zip_files(given), truths)
        classes = true_classes(_text(truth)) if truth else _own_classes()
        _check_known(classes)
        return score_classes(_text(given), classes)


def _own_classes() -> dict:
    models = caching.scored_classifiers()
    return own_true_classes(models[0].table) if models else {}


def _check_known(truths: dict) -> None:
    if not truths:
        raise DataError(
            _("The true answers of our test rows are not on this computer."),
            _("Give the true answers of your photographs as a second file."),
        )


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise DataError(_("This file is not a table."), _("Save it as CSV in UTF-8.")) from None


def _report(task: str, name: str, known: Submission) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(
            _("**{name}**: {scored} of {expected} scored").format(
                name=name, scored=len(known.table), expected=known.expected
            )
        )
        st.button(
            _("Remove"),
            icon=":material/close:",
            type="tertiary",
            key=f"metrics_remove_{task}_{name}",
            on_click=_submissions().pop,
            args=((task, name),),
        )
    if known.problems:
        count = len(known.problems)
        words = ngettext(
            "{count} file or row could not count:", "{count} files or rows could not count:", count
        )
        st.markdown(words.format(count=count))
        rows = [{_("Name"): problem.name, _("Why"): problem.words} for problem in known.problems]
        st.dataframe(rows, hide_index=True, key=f"metrics_problems_{task}_{name}")


def _title(name: str, known: Submission) -> str:
    if len(known.table) == known.expected:
        return _("{name} (your file)").format(name=name)
    return _("{name} (your file, incomplete)").format(name=name)


def _submissions() -> dict[tuple[str, str], Submission]:
    return st.session_state.setdefault(_KEY, {})


def _outline_words() -> str:
    return _(
        "A zip of masks in ISIC naming, such as `ISIC_0012345_segmentation.png`, white on black, at the size "
        "of the true masks. Without true answers of your own they are scored on our test rows (256 × 256 px)."
    )


def _class_words() -> str:
    return _(
        "A CSV as the ISIC 2018 challenge takes it, with the first line `image,MEL,NV,BCC,AKIEC,BKL,DF,VASC` "
        "and a probability in each column. Without true answers of your own they are scored on our test rows."
    )
