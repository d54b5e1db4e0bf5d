"""One camera frame to its outline, class probabilities and advice to the hand that holds the camera."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from skinapp.i18n import gettext as _
from skinapp.imaging.geometry import lesion_mask, thumbnail, thumbnail_size
from skinapp.imaging.overlay import Borders, borders_of
from skinapp.imaging.quality import WORK_SIDE_PX, assess_frame, lesion_contrast
from skinapp.results import Likeness, Quality, Verdict
from skinapp.services.analyze import DEFAULT_THRESHOLD, Engine, likeness_of
from skinapp.services.caution import Gate

MASK_SIDE_PX = 320  # longer side at which a frame's outline is traced
SMALL_SHARE = 0.02  # of the frame: a smaller lesion is too far away to judge
LOW_CONTRAST = 8.0  # `lesion_contrast`: below it an outline is one of plain skin
CUT_SHARE = 0.05  # of the frame's rim: a lesion that covers more of it leaves the view


class Advice(StrEnum):
    """What the holder of the camera can do; NONE where the frame is good."""

    TOO_DARK = "too dark"
    TOO_BRIGHT = "too bright"
    GLARE = "glare"
    NO_LESION = "no lesion in view"
    HOLD_STILL = "hold still"
    UNKNOWN = "like no known lesion"
    MOVE_CLOSER = "move closer"
    CENTRE = "centre the lesion"
    NONE = ""

    @property
    def words(self) -> str:
        """The advice in the reader's language."""
        return {
            Advice.TOO_DARK: _("Too dark: add light."),
            Advice.TOO_BRIGHT: _("Too bright: use less light."),
            Advice.GLARE: _("Glare: tilt the light or the camera."),
            Advice.NO_LESION: _("No lesion in view."),
            Advice.HOLD_STILL: _("Blurred: hold still, and focus on the lesion."),
            Advice.UNKNOWN: _("This is like none of the skin lesions that the model knows."),
            Advice.MOVE_CLOSER: _("Move closer."),
            Advice.CENTRE: _("Bring the whole lesion into view."),
            Advice.NONE: "",
        }[self]


@dataclass(frozen=True)
class LiveChoices:
    """What a visitor chose for the camera. None as a model leaves its part out.

    ``gate`` tells what is like no lesion; without it everything is named.
    """

    segmenter: str | None
    classifier: str | None
    show_heat: bool = False
    analyze: bool = True
    threshold: float = DEFAULT_THRESHOLD
    gate: Gate | None = None

    @property
    def has_heat(self) -> bool:
        """True where heat maps are drawn."""
        return self.analyze and self.show_heat and self.classifier is not None


@dataclass(frozen=True, eq=False)
class FrameResult:
    """What is known about one frame: no pixel of it is kept.

    ``borders`` are fractions of width and height, ``heatmap`` belongs to the most probable class and is
    None where none was asked for. ``is_dermoscopy`` is False where the gate says so of a named frame.
    """

    borders: Borders
    area_fraction: float
    sharpness: float
    advice: Advice
    codes: tuple[str, ...] = ()
    probs: np.ndarray | None = None
    heatmap: np.ndarray | None = None
    is_dermoscopy: bool = True


def analyze_frame(image: np.ndarray, choices: LiveChoices, engine: Engine) -> FrameResult:
    """All that is said about one frame."""
    small = thumbnail(image, WORK_SIDE_PX)
    quality = assess_frame(small)
    mask = _mask(image, small, choices, engine)
    advice, prediction, likeness = advise(quality, mask), None, None
    if choices.classifier:
        prediction = engine.classify(choices.classifier, image, explain=choices.show_heat, top_only=True)
        if advice is Advice.NONE:
            likeness = likeness_of(image, prediction, choices.gate, engine)
        if likeness is Likeness.NONE:
            advice, prediction = Advice.UNKNOWN, None  # what it might be is shown and kept nowhere
    return FrameResult(
        borders=() if mask is None else borders_of(mask),
        area_fraction=0.0 if mask is None else float(mask.mean()),
        sharpness=_check(quality, "sharpness").value,
        advice=advice,
        codes=prediction.codes if prediction else (),
        probs=prediction.probs if prediction else None,
        heatmap=prediction.heatmaps[0] if prediction and choices.show_heat and prediction.has_maps else None,
        is_dermoscopy=likeness is not Likeness.OTHER,
    )


def advise(quality: Quality, mask: np.ndarray | None) -> Advice:
    """The most pressing advice: light before anything that light may hide, the lesion before its distance.

    Already a fair sharpness counts as blurred: a video's coding puts back some of the edges that blur took.
    Of 39 large photographs, coded as VP8 at 1 Mbit/s and 640 x 480, none was held for blurred, and 64 % of
    those blurred by 5 px; of the poor ones alone it would be 28 %.
    ``mask`` is None where no outline model is installed; its advice is left out then.
    """
    exposure = _check(quality, "exposure")
    if exposure.verdict is Verdict.POOR:
        return Advice.TOO_BRIGHT if exposure.is_too_bright else Advice.TOO_DARK
    if _check(quality, "glare").verdict is Verdict.POOR:
        return Advice.GLARE
    if mask is not None and not mask.any():
        return Advice.NO_LESION
    if _check(quality, "sharpness").verdict is not Verdict.GOOD:
        return Advice.HOLD_STILL
    return Advice.NONE if mask is None else _distance_advice(mask)


def _distance_advice(mask: np.ndarray) -> Advice:
    if mask.mean() < SMALL_SHARE:
        return Advice.MOVE_CLOSER
    rim = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    return Advice.CENTRE if rim.mean() > CUT_SHARE else Advice.NONE


def _mask(image: np.ndarray, small: np.ndarray, choices: LiveChoices, engine: Engine) -> np.ndarray | None:
    if not choices.segmenter:
        return None
    prob_map = engine.segment(choices.segmenter, image).prob_map
    mask = lesion_mask(prob_map, *thumbnail_size(image, MASK_SIDE_PX), choices.threshold)
    return mask if lesion_contrast(small, mask) >= LOW_CONTRAST else np.zeros_like(mask)


def _check(quality: Quality, key: str):
    return next(check for check in quality.checks if check.key == key)
