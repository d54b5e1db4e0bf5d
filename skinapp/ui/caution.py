"""What to mind about a class: the others that remain possible, pictures of something else, similar cases."""

import numpy as np
import streamlit as st

from skinapp.i18n import format_number, format_percent
from skinapp.i18n import gettext as _
from skinapp.results import Analysis, Caution, Likeness, PossibleClasses, SimilarCase
from skinapp.services.analyze import class_steps
from skinapp.ui import caching
from skinapp.ui.analysis import insist_on
from skinapp.ui.lesion_names import class_words
from skinapp.ui.panel_row import Panel, panel_row


def refusal(analysis: Analysis) -> None:
    """Why no class is named, what to do, and the way to have one named anyway."""
    st.warning(
        _(
            "**No class is named, nothing is measured:** this picture looks unlike photographs of skin. "
            "Give a sharp photograph of one lesion, taken through a dermatoscope. Even of those a "
            "few are refused."
        ),
        icon=":material/block:",
    )
    st.button(
        _("Answer anyway"),
        key="analyze_insist",
        on_click=insist_on,
        args=(analysis.photograph.sha256,),
        help=_("The class and the measurements may then mean nothing; the result says so."),
    )


def possible_classes(analysis: Analysis) -> None:
    """The classes that cannot be excluded, in one line, and how often such lists are right."""
    if analysis.caution.possible:
        known = analysis.caution.possible[0]
        words = _("One of: {classes}.") if len(known.codes) > 1 else _("Only {classes} is on its list.")
        words += f" {_coverage_words(analysis)}"
        st.markdown(
            words.format(classes=_names(known), coverage=format_percent(known.coverage)),
            help=_(
                "Of photographs like those of the dataset, such a list holds the true class in {coverage} of "
                "cases, of malignant lesions as of benign ones (conformal prediction). On photographs of "
                "another kind it may hold it less often."
            ).format(coverage=format_percent(known.coverage)),
        )


def _coverage_words(analysis: Analysis) -> str:
    """How often such a list is right: measured on dermoscopy as it is, told all that is known."""
    prediction = analysis.prediction
    if analysis.caution.likeness is not Likeness.DERMOSCOPY:
        return _("How often such a list is right was not measured on pictures of this kind.")
    if class_steps(analysis.cleaning) or prediction.spread is not None:
        return _("How often such a list is right was not measured on photographs cleaned or mirrored.")
    if caching.card(prediction.model.name).has_metadata and not prediction.patient.is_known:
        return _untold_words(analysis.caution.possible[0], prediction.model.name)
    return _("Such a list is right for {coverage} of photographs like those tested.")


def _untold_words(known: PossibleClasses, classifier: str) -> str:
    """How often such a list was right where the classifier was told nothing beside the photograph."""
    figures = caching.bounds(classifier).record["prediction_sets"][f"{known.coverage:g}"]
    held = figures.get("test_coverage_untold")
    if held is None:
        return _("How often such a list is right was not measured without age, sex and site.")
    words = _("Without age, sex and site such a list was right for {held} of the test photographs.")
    return words.format(held=format_percent(held))


def likeness_warning(caution: Caution) -> None:
    """A warning where the picture is no dermoscopy, or was refused before the visitor insisted."""
    if caution.likeness is Likeness.OTHER:
        st.warning(
            _(
                "**Not dermoscopy?** This does not look like a photograph through a dermatoscope. The model "
                "learnt from those alone, and is wrong more often on others."
            ),
            icon=":material/photo_camera:",
        )
    elif caution.likeness is Likeness.NONE:
        st.warning(
            _(
                "**This picture looks unlike photographs of skin.** You asked for an answer anyway: it may "
                "mean nothing."
            ),
            icon=":material/warning:",
        )


def similar_cases(analysis: Analysis) -> None:
    """The training lesions that look most alike to the classifier, with their diagnoses."""
    if analysis.caution is None or analysis.prediction is None or not analysis.caution.similar:
        return
    cases = analysis.caution.similar
    st.header(_("Similar cases"), anchor=False)
    if cases[0].is_the_same:
        st.warning(
            _(
                "**The classifier learnt from this very photograph** ({image}): that it names it rightly "
                "proves nothing. Try one that it has not seen."
            ).format(image=cases[0].image_id),
            icon=":material/school:",
        )
    pictures = [caching.case_picture(case.image_id) for case in cases]
    if all(picture is not None for picture in pictures):
        panel_row([_panel(*pair) for pair in zip(cases, pictures, strict=True)], "similar")
    else:
        st.table([_row(case) for case in cases], border="horizontal", hide_index=True)
    st.caption(
        _(
            "Lesions of HAM10000 that the classifier learnt from, nearest first by its own features. Alike "
            "to the model does not mean alike to an expert."
        )
    )


def _panel(case: SimilarCase, picture: np.ndarray) -> Panel:
    words = _("{image}, distance {distance}")
    words = words.format(image=case.image_id, distance=format_number(case.distance))
    return Panel(class_words(case.code), picture, words)


def _row(case: SimilarCase) -> dict[str, str]:
    return {
        _("Diagnosis"): class_words(case.code),
        _("Photograph"): case.image_id,
        _("Distance"): format_number(case.distance),
    }


def _names(known: PossibleClasses) -> str:
    return ", ".join(class_words(code) for code in known.codes)
