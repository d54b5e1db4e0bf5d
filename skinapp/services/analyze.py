"""A photograph to its quality, outline, class probabilities, heat maps and measurements.

Each step is a function of its own, so that a caller who caches them repeats only what a change touches:
the threshold moves the mask but runs no model, a new classifier leaves the outline alone.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from skinapp.attribution.faithfulness import Faithfulness, faithfulness
from skinapp.attribution.mass import mass_inside
from skinapp.imaging.cleaning import clean
from skinapp.imaging.geometry import lesion_mask, thumbnail
from skinapp.imaging.quality import assess_quality
from skinapp.imaging.shape import measure_shape
from skinapp.patient import UNKNOWN, Patient
from skinapp.results import Analysis, Likeness, Outline, Photograph, Prediction, Quality, Shape
from skinapp.services.caution import GATEKEEPER, Bounds, Gate, with_class

DEFAULT_THRESHOLD = 0.5
CLASS_STEPS = ("hair",)  # of the cleaning: the classifiers learnt from the colours of photographs as they are
FAITHFULNESS_SIDE_PX = 256  # longer side at which parts are taken away


class Engine(Protocol):
    """What runs the models: what `skinapp.engine.choice.choose_engine` gives, or a stand-in."""

    def segment(self, name: str, image: np.ndarray) -> Outline: ...

    def classify(
        self,
        name: str,
        image: np.ndarray,
        explain: bool = True,
        mirrored: bool = False,
        top_only: bool = False,
        patient: Patient = UNKNOWN,
    ) -> Prediction: ...


@dataclass(frozen=True)
class Choices:
    """What a visitor chose. None as a model leaves its part out; ``mm_per_px`` is None without a scale.

    ``cleaning`` holds keys of `skinapp.imaging.cleaning.CLEANING_STEPS`, see also `class_steps`. With
    ``mirrored`` the class is the mean over the photograph and its mirror images. A classifier with metadata
    hears of ``patient``.
    """

    segmenter: str | None
    classifier: str | None
    threshold: float = DEFAULT_THRESHOLD
    cleaning: tuple[str, ...] = ()
    mm_per_px: float | None = None
    mirrored: bool = False
    patient: Patient = UNKNOWN


def quality_of(image: np.ndarray) -> Quality:
    """The checks of the photograph as it was taken, before any cleaning."""
    return assess_quality(image)


def class_steps(steps: tuple[str, ...]) -> tuple[str, ...]:
    """The steps of a cleaning that a classifier sees too: those that leave colours and contrast alone."""
    return tuple(step for step in steps if step in CLASS_STEPS)


def cleaned_image(image: np.ndarray, steps: tuple[str, ...]) -> np.ndarray:
    """The image that a model sees."""
    return clean(image, steps) if steps else image


def mask_of(outline: Outline, image: np.ndarray, threshold: float) -> np.ndarray:
    """The lesion at the photograph's own resolution; empty where no lesion was found."""
    height, width = image.shape[:2]
    return lesion_mask(outline.prob_map, height, width, threshold)


def shape_of(image: np.ndarray, mask: np.ndarray, mm_per_px: float | None) -> Shape | None:
    """Measurements on the photograph's own colours; None where no lesion was found."""
    return measure_shape(image, mask, mm_per_px) if mask.any() else None


def likeness_of(
    image: np.ndarray, prediction: Prediction | None, gate: Gate | None, engine: Engine
) -> Likeness | None:
    """What kind of picture an image is to the gate, as it was taken; None without a gate.

    ``prediction`` is what a classifier said of the very image, None where it saw it cleaned, or not at all:
    the gatekeeper looks at it, unless it was the one that said it.
    """
    if gate is None:
        return None
    if prediction is None or prediction.model.name != GATEKEEPER:
        prediction = engine.classify(GATEKEEPER, image, explain=False)
    return gate.likeness(prediction.texture)


def analyze(
    photograph: Photograph,
    choices: Choices,
    engine: Engine,
    bounds: Bounds | None = None,
    gate: Gate | None = None,
) -> Analysis:
    """All steps in one call; ``bounds`` are those of the chosen classifier, where it has some."""
    image = photograph.image
    cleaned = cleaned_image(image, choices.cleaning)
    analysis = Analysis(photograph, quality_of(image), cleaned, choices.cleaning, choices.threshold)
    if choices.segmenter:
        outline = engine.segment(choices.segmenter, cleaned)
        mask = mask_of(outline, image, choices.threshold)
        shape = shape_of(image, mask, choices.mm_per_px)
        analysis = replace(analysis, outline=outline, mask=mask, shape=shape)
    if choices.classifier:
        steps = class_steps(choices.cleaning)
        seen = cleaned if steps == choices.cleaning else cleaned_image(image, steps)
        prediction = engine.classify(
            choices.classifier, seen, mirrored=choices.mirrored, patient=choices.patient
        )
        likeness = likeness_of(image, None if steps else prediction, gate, engine)
        analysis = with_class(replace(analysis, class_image=seen), prediction, bounds, likeness)
    return analysis


def heat_share(heatmap: np.ndarray, mask: np.ndarray) -> float | None:
    """Fraction of the heat (h, w) inside the mask (H, W); None where there is no heat or no lesion."""
    return mass_inside(heatmap, mask) if heatmap.any() and mask.any() else None


def map_faithfulness(
    engine: Engine,
    classifier: str,
    class_index: int,
    image: np.ndarray,
    heatmap: np.ndarray,
    patient: Patient = UNKNOWN,
) -> Faithfulness:
    """Whether the class stands and falls with what its heat map marks; asks the model some forty times.

    Mirror images are left out of it: the map is the photograph's own.
    """

    def prob_of(changed: np.ndarray) -> float:
        return float(engine.classify(classifier, changed, explain=False, patient=patient).probs[class_index])

    return faithfulness(thumbnail(image, FAITHFULNESS_SIDE_PX), heatmap, prob_of)


def mm_per_px_of(frame_width_mm: float | None, image: np.ndarray) -> float | None:
    """The scale of a photograph whose whole frame is ``frame_width_mm`` wide."""
    return frame_width_mm / image.shape[1] if frame_width_mm else None
