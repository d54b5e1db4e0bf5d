"""The numbers of an analysis that an answer may speak of. Never the photograph, its name or its hash."""

from collections.abc import Iterator
from typing import Any

from skinapp.i18n import format_percent, format_prob
from skinapp.i18n import gettext as _
from skinapp.labels import lesion_class
from skinapp.results import Analysis, Likeness, Quality, Shape, Verdict, told_prob

SURE_FROM = 0.5
SUSPICIOUS_FROM = 20  # percent
_ALARM = "alarm from, percent; levels, not frequencies"
_LENGTHS = (
    "diameter_px",
    "diameter_mm",
    "area_mm2",
    "asymmetry_major",
    "asymmetry_minor",
    "border_irregularity",
)


def numbers_of(analysis: Analysis, limits: str = "") -> dict[str, Any]:
    """Classes with calibrated percentages, what was not found, quality, measurements, and the models.

    ``limits`` are those on the classifier's card. The percentages of one that has an alarm level are no
    frequencies, which its name says.
    """
    return {
        "classes": _classes(analysis),
        "refusals": list(_refusals(analysis)),
        "quality": _quality(analysis.quality),
        "measurements": _measurements(analysis.shape),
        "models": [part.model.name for part in (analysis.outline, analysis.prediction) if part is not None],
        "limits": limits,
        "notice": "Research demonstration, not a medical device; no diagnosis.",
    }


def percents_of(numbers: dict[str, Any]) -> frozenset[str]:
    """Every percentage that an answer on these numbers may hold, as text."""
    classes = numbers.get("classes") or {}
    named = [float(each["percent"]) for each in classes.get("each", [])]
    sums = [classes["malignant or pre-malignant, percent"]] if classes else []
    level = [classes[_ALARM]] if _ALARM in classes else []
    area = [numbers["measurements"]["area, percent of the frame"]] if numbers.get("measurements") else []
    return frozenset(f"{value:g}" for value in (*named, *sums, *level, *area, 100.0))


def is_suspicious(numbers: dict[str, Any]) -> bool:
    """True where so much speaks for a malignant or pre-malignant class that it should be said first."""
    classes = numbers.get("classes")
    if not classes:
        return False
    return classes["malignant or pre-malignant, percent"] >= classes.get(_ALARM, SUSPICIOUS_FROM)


def numbers_in_words(numbers: dict[str, Any]) -> str:
    """The result in a few plain sentences, as safe Markdown; for a visitor without a service."""
    classes, lines = numbers.get("classes"), []
    if classes:
        top = max(classes["each"], key=lambda each: each["percent"])
        words = _(
            "The classifier puts **{name}** first with {top}; malignant or pre-malignant together {sum}."
        )
        lines.append(
            words.format(
                name=_(top["name"]),
                top=format_prob(top["percent"] / 100),
                sum=format_prob(classes["malignant or pre-malignant, percent"] / 100),
            )
        )
        if _ALARM in classes:
            words = _("These are levels of alarm, not frequencies; alarm is given from {level}.")
            lines.append(words.format(level=format_percent(classes[_ALARM] / 100)))
    lines += numbers.get("refusals", ())
    lines.append(
        _("This is what a program saw in one photograph. It is no diagnosis, and it can be wrong both ways.")
    )
    return "\n\n".join(lines)


def _classes(analysis: Analysis) -> dict[str, Any] | None:
    prediction, alarm = analysis.prediction, analysis.caution and analysis.caution.alarm
    if prediction is None:
        return None
    each = [
        {
            "code": code,
            "name": lesion_class(code).name,
            "group": str(lesion_class(code).group),
            "percent": _told_percent(prob),
        }
        for code, prob in zip(prediction.codes, prediction.probs, strict=True)
    ]
    known = {
        "each": sorted(each, key=lambda known: -known["percent"]),
        "malignant or pre-malignant, percent": _told_percent(prediction.suspicious_prob),
    }
    return known | {_ALARM: _percent(alarm.level)} if alarm else known


def _told_percent(prob: float) -> float:
    """What a model tells, with one decimal below 1 and above 99."""
    percent = 100 * told_prob(prob)
    return round(percent) if 1 <= percent <= 99 else round(percent, 1)


def _percent(share: float) -> int:
    return round(100 * float(share))


def _refusals(analysis: Analysis) -> Iterator[str]:
    """Where the system holds back, in words."""
    prediction, caution = analysis.prediction, analysis.caution
    if caution is not None and caution.likeness is Likeness.NONE:
        yield _("The picture is like none of the skin lesions that the classifier knows.")
    if caution is not None and caution.likeness is Likeness.OTHER:
        yield _("The photograph does not look as if taken through a dermatoscope.")
    if analysis.outline is not None and not analysis.lesion_found:
        yield _("No lesion was found on the photograph, so the class may mean nothing.")
    if prediction is not None and prediction.probs[prediction.top] < SURE_FROM:
        yield _("The classifier is not sure: no class reaches half.")
    if analysis.quality.verdict is Verdict.POOR:
        yield _("The quality of the photograph is poor and may have misled the models.")


def _quality(quality: Quality) -> dict[str, str]:
    return {check.key: f"{check.words} ({check.verdict})" for check in quality.checks}


def _measurements(shape: Shape | None) -> dict[str, Any] | None:
    if shape is None:
        return None
    lengths = {key: getattr(shape, key) for key in _LENGTHS if getattr(shape, key) is not None}
    rounded = {key.replace("_", " "): round(float(value), 2) for key, value in lengths.items()}
    area = {"area, percent of the frame": _percent(shape.area_fraction)}
    return area | rounded | {"colours of dermoscopy": list(shape.colours)}
