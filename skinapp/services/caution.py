"""What keeps an answer from being taken for more than it is: classes that cannot be excluded, similar cases,
and whether the picture is like anything that the classifier learnt from.

All of it follows from what a classifier and the gatekeeper saw and `skinapp.services.calibrate` fitted; no
network runs here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from skinapp.data.ham10000 import picture_path
from skinapp.data.pixels import read_image
from skinapp.labels import HAM7_CODES
from skinapp.metrics.conformal import conformal_sets
from skinapp.results import Alarm, Analysis, Caution, Likeness, PossibleClasses, Prediction, SimilarCase

if TYPE_CHECKING:
    from skinapp.models.cases import Cases
    from skinapp.models.texture import TextureSpace

COVERAGES = (0.9, 0.95)  # of the prediction sets
GATEKEEPER = "mobilenetv2-ham7"  # which tells for every classifier whether it should answer
SIMILAR = 5
_SEARCHED = 60  # nearest photographs among which the nearest lesions are sought


@dataclass(frozen=True, eq=False)
class Bounds:
    """What was fitted for one classifier: its cases, and its record with the prediction sets."""

    cases: "Cases"
    record: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Gate:
    """What stands before every classifier: where the gatekeeper sees skin, and the limits.

    One gate for all, since whether a picture shows a lesion through a dermatoscope is no matter of who
    names it. Without ``warn_over`` nothing is said to be no dermoscopy.
    """

    space: "TextureSpace"
    refuse_over: float
    warn_over: float | None = None

    def likeness(self, texture: np.ndarray) -> Likeness:
        """What kind of picture the gatekeeper saw, by its texture (T,)."""
        if self.space.strangeness(texture[None])[0] > self.refuse_over:
            return Likeness.NONE
        if self.warn_over is not None and self.space.phone_scores(texture[None])[0] > self.warn_over:
            return Likeness.OTHER
        return Likeness.DERMOSCOPY


def load_bounds(name: str, weights_dir: Path) -> Bounds | None:
    """The bounds of an installed classifier; None where none were fitted for it.

    Raises `WeightsError` where its cases are missing or damaged.
    """
    # Imported here, so that a page draws before PyTorch loads.
    from skinapp.models.cases import load_cases
    from skinapp.models.weights import find_checkpoint

    record = find_checkpoint(name, weights_dir).record
    cases = load_cases(name, weights_dir, record)
    return Bounds(cases, record) if cases is not None else None


def load_gate(weights_dir: Path) -> Gate | None:
    """The gate, None where the gatekeeper is not installed or nothing was fitted for it.

    Raises `WeightsError` where its files are damaged.
    """
    from skinapp.models.texture import load_textures
    from skinapp.models.weights import find_checkpoint, is_installed

    if not is_installed(GATEKEEPER, weights_dir):
        return None
    known = find_checkpoint(GATEKEEPER, weights_dir).record.get("gate")
    if known is None:
        return None
    space = load_textures(GATEKEEPER, weights_dir, known)
    return Gate(space, known["refuse_over"], known.get("warn_over"))


def with_class(
    analysis: Analysis,
    prediction: Prediction,
    bounds: Bounds | None,
    likeness: Likeness | None,
    insisted: bool = False,
) -> Analysis:
    """The analysis with its class and what to mind about it.

    ``likeness`` is what the gate found, None where there is none. Of a picture that is like no lesion there
    is no class, no list of classes and no measurement, unless the visitor ``insisted``; that it is so stays
    either way.
    """
    if bounds is None and likeness is None:
        return replace(analysis, prediction=prediction)
    held_back = likeness is Likeness.NONE and not insisted
    caution = caution_of(prediction, None if held_back else bounds, likeness)
    if held_back:
        return replace(analysis, shape=None, prediction=None, caution=caution)
    return replace(analysis, prediction=prediction, caution=caution)


def caution_of(prediction: Prediction, bounds: Bounds | None, likeness: Likeness | None) -> Caution:
    """Everything to mind about one prediction; what was not fitted for its classifier is not there."""
    if bounds is None:
        return Caution(likeness, (), ())
    possible = (PossibleClasses(at, possible_classes(prediction, bounds.record, at)) for at in COVERAGES)
    similar = similar_cases(prediction, bounds.cases)
    possible = tuple(known for known in possible if known.codes)
    return Caution(likeness, possible, similar, _alarm(prediction, bounds.record))


def _alarm(prediction: Prediction, record: Mapping[str, Any]) -> Alarm | None:
    known = record.get("alarm")
    return known and Alarm(known["threshold"], prediction.suspicious_prob >= known["threshold"])


def possible_classes(prediction: Prediction, record: Mapping[str, Any], coverage: float) -> tuple[str, ...]:
    """The classes that cannot be excluded at this coverage; () where no thresholds were fitted for it."""
    thresholds = record.get("prediction_sets", {}).get(f"{coverage:g}", {}).get("thresholds")
    if thresholds is None:
        return ()
    limits = np.array([thresholds[code] for code in prediction.codes])
    kept = conformal_sets(prediction.probs[None], limits)[0]
    order = np.argsort(-prediction.probs, kind="stable")
    return tuple(prediction.codes[index] for index in order if kept[index])


def similar_cases(prediction: Prediction, cases: "Cases", count: int = SIMILAR) -> tuple[SimilarCase, ...]:
    """The nearest training lesions by the classifier's features, each once, the nearest first."""
    searched = min(_SEARCHED, len(cases.ids))
    distances, found = (row[0] for row in cases.nearest(prediction.features[None], searched))
    nearest: dict[str, SimilarCase] = {}
    for distance, index in zip(distances, found, strict=True):
        lesion = str(cases.lesions[index])
        if lesion not in nearest:
            code = HAM7_CODES[cases.targets[index]]
            nearest[lesion] = SimilarCase(str(cases.ids[index]), lesion, code, float(distance))
    return tuple(nearest.values())[:count]


def case_picture(image_id: str, data_dir: Path) -> np.ndarray | None:
    """The photograph of a case, uint8 (H, W, 3), where the dataset is at hand; else None."""
    path = picture_path(data_dir, image_id)
    return read_image(path) if path.is_file() else None
