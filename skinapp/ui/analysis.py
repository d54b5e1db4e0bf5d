"""The analysis of one of the visitor's photographs, put together from the cached steps."""

from dataclasses import astuple, dataclass, replace

from skinapp.errors import SkinAppError
from skinapp.i18n import current_language
from skinapp.imaging.encoding import encode_jpeg
from skinapp.imaging.geometry import thumbnail
from skinapp.results import Alarm, Analysis, Likeness, Photograph, Verdict
from skinapp.services.analyze import Choices, class_steps, mm_per_px_of
from skinapp.services.caution import with_class
from skinapp.ui import caching, tray
from skinapp.ui.tray import Item

THUMBNAIL_PX = 160
_INSISTED = "analyze_insisted"


@dataclass(frozen=True)
class Settings:
    """The visitor's choices, the width of the frame from which each photograph's scale follows, and the
    model that enlarges."""

    choices: Choices
    frame_width_mm: float | None = None
    enlarger: str | None = None


@dataclass(frozen=True)
class Summary:
    """One row of the overview; ``error`` is set where the photograph could not be analyzed."""

    thumbnail_jpeg: bytes | None = None
    verdict: Verdict | None = None
    top_code: str | None = None
    top_prob: float | None = None
    suspicious_prob: float | None = None
    alarm: Alarm | None = None
    likeness: Likeness | None = None
    area_fraction: float | None = None
    error: SkinAppError | None = None


def photograph_of(item: Item) -> Photograph:
    """The decoded photograph; raises `ImageError`."""
    return caching.photograph(item.sha256, item.name, current_language(), item.data)


def analysis_of(item: Item, settings: Settings) -> Analysis:
    """Everything about one photograph; runs only what was not computed before."""
    photograph = photograph_of(item)
    choices, image, key = settings.choices, photograph.image, item.sha256
    steps = choices.cleaning
    cleaned = caching.cleaned(key, steps, image) if steps else image
    quality = caching.quality(key, current_language(), image)
    analysis = Analysis(photograph, quality, cleaned, steps, choices.threshold)
    if choices.segmenter:
        known = key, steps, choices.segmenter
        outline = caching.outline(*known, cleaned)
        mask = caching.mask(*known, choices.threshold, outline, image)
        scale = mm_per_px_of(settings.frame_width_mm, image)
        shape = caching.shape(*known, choices.threshold, scale, image, mask)
        analysis = replace(analysis, outline=outline, mask=mask, shape=shape)
    if choices.classifier:
        facts = astuple(choices.patient)
        seen_steps = class_steps(steps)
        seen = cleaned if seen_steps == steps else caching.cleaned(key, seen_steps, image)
        prediction = caching.prediction(key, seen_steps, choices.classifier, choices.mirrored, seen, facts)
        likeness = caching.likeness(key, image, None if seen_steps else prediction)
        bounds = caching.bounds(choices.classifier)
        analysis = replace(analysis, class_image=seen)
        analysis = with_class(analysis, prediction, bounds, likeness, is_insisted_on(key))
    return analysis


def insist_on(sha256: str) -> None:
    """Answer for this photograph although it is like nothing that the models know."""
    tray.keep(_INSISTED, {*_insisted(), sha256})


def is_insisted_on(sha256: str) -> bool:
    """True where the visitor asked for an answer in spite of a refusal."""
    return sha256 in _insisted()


def _insisted() -> set[str]:
    return tray.kept(_INSISTED) or set()


def summary_of(item: Item, settings: Settings) -> Summary:
    """The row of one photograph, or its error: a bad file harms no other."""
    try:
        known = item.sha256, item.name, current_language(), settings.choices
        return _summary(*known, is_insisted_on(item.sha256), item)
    except SkinAppError as error:
        return Summary(error=error)


@caching.for_visitor(max_entries=1000)
def _summary(sha256: str, name: str, language: str, choices: Choices, insisted: bool, _item: Item) -> Summary:
    analysis = analysis_of(_item, Settings(choices))
    prediction = analysis.prediction
    return Summary(
        thumbnail_jpeg=encode_jpeg(thumbnail(analysis.photograph.image, THUMBNAIL_PX)),
        verdict=analysis.quality.verdict,
        top_code=prediction.codes[prediction.top] if prediction else None,
        top_prob=float(prediction.probs[prediction.top]) if prediction else None,
        suspicious_prob=prediction.suspicious_prob if prediction else None,
        alarm=analysis.caution.alarm if analysis.caution else None,
        likeness=analysis.caution.likeness if analysis.caution else None,
        area_fraction=_area_fraction(analysis),
    )


def _area_fraction(analysis: Analysis) -> float | None:
    """0 where no lesion was found, None where none was looked for and where the picture was refused."""
    if analysis.outline is None or analysis.is_refused:
        return None
    return analysis.shape.area_fraction if analysis.shape else 0.0
