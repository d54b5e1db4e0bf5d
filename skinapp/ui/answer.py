"""The answer in words: the most likely class, the measurements, the quality of the photograph."""

import streamlit as st

from skinapp.i18n import format_number, format_percent, format_prob
from skinapp.i18n import gettext as _
from skinapp.labels import BINARY_CODES, lesion_class
from skinapp.results import Analysis, Prediction, Quality, Shape, Verdict
from skinapp.ui import caching
from skinapp.ui.caution import likeness_warning, possible_classes, refusal
from skinapp.ui.charts import probability_chart
from skinapp.ui.errors import escaped
from skinapp.ui.lesion_names import GROUP_SYMBOLS, GROUP_WORDS, class_words
from skinapp.ui.patient_choice import patient_words

UNSURE_UNDER = 0.5
COLOURS_OF_DERMOSCOPY = 6
FULL_FRAME = 0.85  # of the picture inside the outline


def answer(analysis: Analysis) -> None:
    """The most likely class and how much speaks for a dangerous one, in two lines."""
    prediction = analysis.prediction
    if analysis.is_refused:
        refusal(analysis)
        return
    if analysis.outline and not analysis.lesion_found:
        st.info(
            _("No lesion was found. The class below is then a guess about skin and may mean nothing."),
            icon=":material/info:",
        )
    if prediction is None:
        st.info(_("No class: the weights of no classifier are installed."), icon=":material/info:")
        return
    code, prob = prediction.codes[prediction.top], float(prediction.probs[prediction.top])
    group = lesion_class(code).group
    st.header(f"{class_words(code)} {format_prob(prob)}", anchor=False)
    suspicious = prediction.suspicious_prob
    if prediction.codes == BINARY_CODES:
        words = _("{symbol} Most likely of two classes. Malignant or pre-malignant: **{prob}**.")
    else:
        words = _(
            "{symbol} Most likely class, {group}. Malignant or pre-malignant, all together: **{prob}**."
        )
    words = words.format(
        symbol=GROUP_SYMBOLS[group], group=_(GROUP_WORDS[group]), prob=format_prob(suspicious)
    )
    alarm = analysis.caution and analysis.caution.alarm
    if alarm:
        reached = _("**The alarm level of {level} is reached.**")
        below = _("The alarm level of {level} is not reached.")
        told = (reached if alarm.is_reached else below).format(level=format_percent(alarm.level))
        words = f"{words} {told}"
    if prob < UNSURE_UNDER:
        unsure = _("The model is not sure: no class reaches {half}.").format(
            half=format_percent(UNSURE_UNDER)
        )
        words = f"{words} {unsure}"
    st.markdown(words)
    if caching.card(prediction.model.name).has_alarm_levels:
        st.caption(_alarm_words(prediction.model.name))
    if analysis.caution:
        likeness_warning(analysis.caution)
        possible_classes(analysis)


def _alarm_words(classifier: str) -> str:
    words = _(
        "This model learnt that to miss a malignant lesion is worse than a false alarm: its percentages are "
        "levels of alarm, not frequencies."
    )
    bounds = caching.bounds(classifier)
    alarm = bounds and bounds.record.get("alarm")
    if not alarm:
        return words
    measured = _(
        "Of the test photographs, {found} of the malignant or pre-malignant lesions reached {level}, and "
        "{false} of the benign ones."
    )
    shares = alarm["test_sensitivity"], alarm["threshold"], 1 - alarm["test_specificity"]
    found, level, false = map(format_percent, shares)
    return f"{words} {measured.format(found=found, level=level, false=false)}"


def findings(analysis: Analysis) -> None:
    """A bar for each class where one is named; beside them the measurements and the quality."""
    beside = frame = st.container(key="findings")
    if analysis.prediction:
        left, beside = frame.columns([3, 2], gap="large")
        with left:
            _all_classes(analysis.prediction)
    with beside:
        if not analysis.is_refused:
            _measurements(analysis)
        _quality_words(analysis.quality)


def _all_classes(prediction: Prediction) -> None:
    st.header(_("All classes"), anchor=False)
    probability_chart(prediction, key="analyze_chart")
    if prediction.patient.is_known:
        st.caption(
            _("The model was told: {facts}.").format(facts=", ".join(patient_words(prediction.patient)))
        )


def _measurements(analysis: Analysis) -> None:
    """Sizes and the ABC of the lesion, or the word that none was found."""
    st.header(_("Measurements"), anchor=False)
    if analysis.outline is None:
        st.info(_("No outline: the weights of no outline model are installed."), icon=":material/info:")
    elif analysis.shape is None:
        st.info(
            _("No lesion was found, so there is nothing to measure. A lower threshold may find a faint one."),
            icon=":material/info:",
        )
    else:
        _metrics(analysis.shape)


def _metrics(shape: Shape) -> None:
    with st.container(key="measurements"), st.grid(min_column_width=130, gap="small"):
        st.metric(_("Area"), _area(shape), help=_("Inside the outline; percent are of the frame."))
        st.metric(
            _("Greatest diameter"),
            _diameter(shape),
            help=_("Between the two outline points farthest apart. Give the width of the frame for mm."),
        )
        st.metric(
            _("Asymmetry"),
            f"{format_number(shape.asymmetry_major)} / {format_number(shape.asymmetry_minor)}",
            help=_("About the long and the short axis; 0 is a mirror image, 1 no overlap at all."),
        )
        st.metric(
            _("Border irregularity"),
            format_number(shape.border_irregularity),
            help=_("Compactness of the outline: 1 for a disc, more for a jagged border."),
        )
        st.metric(
            _("Colours"),
            f"{len(shape.colours)}/{COLOURS_OF_DERMOSCOPY}",
            help=_("How many of the six colours of dermoscopy there are."),
        )
    if shape.colours:
        st.caption(_("Colours: {names}.").format(names=", ".join(_(name) for name in shape.colours)))
    if shape.area_fraction > FULL_FRAME:
        st.caption(
            _("The outline takes almost the whole picture: where that is wrong, so are the measurements.")
        )


def _area(shape: Shape) -> str:
    if shape.area_mm2 is not None:
        return f"{format_number(shape.area_mm2, 1)} mm²"
    return format_percent(shape.area_fraction)


def _diameter(shape: Shape) -> str:
    if shape.diameter_mm is not None:
        return f"{format_number(shape.diameter_mm, 1)} mm"
    return f"{format_number(shape.diameter_px, 0)} px"


def _quality_words(quality: Quality) -> None:
    name, words = _("Quality of the photograph"), ", ".join(check.words for check in quality.checks)
    st.markdown(f"**{name}**: {words}.")


def quality_advice(quality: Quality) -> None:
    """What would make the photograph better; a warning where it is poor, nothing where it is good."""
    advice = [check for check in quality.checks if check.advice]
    if not advice:
        return
    lines = [f"{check.words.capitalize()}. {check.advice}" for check in advice]
    if quality.verdict is Verdict.POOR:
        lines.insert(0, _("**This photograph may mislead the models.**"))
        st.warning("  \n".join(lines), icon=":material/photo_camera:")
    else:
        st.caption("  \n".join(lines))


def notes(analysis: Analysis, credit: str) -> None:
    """What was done while reading the file, and whose photograph it is."""
    lines = [*analysis.photograph.notes, credit]
    if any(lines):
        st.caption(" · ".join(escaped(line) for line in lines if line))
