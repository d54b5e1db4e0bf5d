"""What the services return: frozen records, arrays in the conventions of the package.

``image`` is uint8 RGB (H, W, 3), ``mask`` is bool (H, W), ``prob`` lies in [0, 1], ``heatmap`` is
float32 (h, w), at least 0; 1 is the full heat of its model's scale.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from skinapp.labels import lesion_class
from skinapp.patient import UNKNOWN, Patient

Progress = Callable[[int, int], None]  # hears how much is done, and the total

# Of 120 validation photographs none is nearer to a training lesion than 0.09 (mobilenetv2-ham7, vit-ham7).
SAME_DISTANCE = 0.05
FULL_HEAT = 1.0  # what a model's strong maps reach; anything beyond is drawn as full heat


@dataclass(frozen=True, eq=False)
class Photograph:
    """A decoded photograph without any metadata of its file.

    ``sha256`` is the hash of the file's bytes, ``notes`` are remarks for the reader (first frame of an
    animation, orientation corrected).
    """

    name: str
    image: np.ndarray
    sha256: str
    notes: tuple[str, ...] = ()


class Verdict(StrEnum):
    """How good one property of a photograph is."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True)
class QualityCheck:
    """One measured property: ``key`` (sharpness, exposure, glare, size, hair, corners), the number with
    its ``unit``, the verdict, plain ``words`` and, unless good, ``advice`` on what to do. ``is_too_bright``
    tells which way an exposure errs that is not good."""

    key: str
    value: float
    unit: str
    verdict: Verdict
    words: str
    advice: str = ""
    is_too_bright: bool = False


@dataclass(frozen=True)
class Quality:
    """All checks of one photograph; the overall verdict is the worst of them."""

    checks: tuple[QualityCheck, ...]

    @property
    def verdict(self) -> Verdict:
        order = list(Verdict)
        return max((check.verdict for check in self.checks), key=order.index, default=Verdict.GOOD)


@dataclass(frozen=True)
class Shape:
    """Measurements of one lesion outline on its photograph.

    Areas in pixels and as a fraction of the frame, lengths in pixels (mm where a scale was given,
    else None), asymmetry in [0, 1] about the major and the minor axis, border irregularity >= 1 (1 for a
    disc), and the names of the dermoscopic colours present.
    """

    area_px: int
    area_fraction: float
    diameter_px: float
    diameter_mm: float | None
    area_mm2: float | None
    asymmetry_major: float
    asymmetry_minor: float
    border_irregularity: float
    colours: tuple[str, ...]


@dataclass(frozen=True)
class ModelUse:
    """Which model made a result: its name, the SHA-256 of its weights, and where it ran."""

    name: str
    sha256: str
    device: str
    seconds: float


@dataclass(frozen=True, eq=False)
class Outline:
    """Lesion probability per pixel at the model's own resolution, float32 (side, side)."""

    prob_map: np.ndarray
    model: ModelUse


@dataclass(frozen=True, eq=False)
class Gates:
    """The attention maps of a model, float32 (h, w) in [0, 1], where 1 lets a feature pass unchanged:
    in its encoder from shallow to deep, and in its decoder from deep to shallow."""

    encoder: tuple[np.ndarray, ...]
    decoder: tuple[np.ndarray, ...]


@dataclass(frozen=True, eq=False)
class Enlargement:
    """A super-resolved image, uint8 RGB of several times the height and width of what went in."""

    image: np.ndarray
    model: ModelUse


@dataclass(frozen=True, eq=False)
class FiveMethods:
    """One part of a photograph enlarged in five ways, uint8 (H, W, 3) each.

    ``original`` shows the pixels of ``small`` (h, w, 3) as squares; ``enlarger`` is super-resolution
    everywhere; ``segment_enlarger`` has the lesion alone enlarged so, on the bicubic background. ``alpha``
    float32 (H, W) is the share of the lesion's image in it, all 1 where no lesion was given.
    ``mask`` (h, w) is the lesion in this part.
    """

    small: np.ndarray
    mask: np.ndarray
    alpha: np.ndarray
    original: np.ndarray
    bicubic: np.ndarray
    enlarger: np.ndarray
    segment_enlarger: np.ndarray

    @property
    def segment_bicubic(self) -> np.ndarray:
        """The lesion enlarged bicubically, on the bicubic background: `bicubic` itself."""
        return self.bicubic


@dataclass(frozen=True, eq=False)
class Consistency:
    """What an enlarged image loses of its input when it is brought back down.

    ``residual`` float32 (h, w) and its ``rms`` are in grey levels of 0 to 255.
    """

    residual: np.ndarray
    rms: float
    is_consistent: bool


@dataclass(frozen=True)
class PredictionChange:
    """The most probable class and the malignant sum before and after enlarging; ``is_announced`` where
    the class changed or the sum shifted by more than the limit."""

    before_code: str
    after_code: str
    before_prob: float
    after_prob: float
    suspicious_shift: float
    is_announced: bool


@dataclass(frozen=True, eq=False)
class Prediction:
    """Calibrated class probabilities with a Grad-CAM map for each class, or for the most probable one.

    ``codes`` and ``probs`` (K,) go together; ``heatmaps`` is float32 (K or 1, h, w), on the scale of the
    model (`FULL_HEAT`), not of the photograph. ``features`` float32 (C,) are the pooled features from which
    the class was read, ``texture`` float32 (T,) sums up earlier ones, see `skinapp.models.texture`; each is
    None where a model, or a stand-in for one, has none. ``spread`` (K,) is the standard deviation of the
    probabilities over mirror images of the photograph; None where only one was looked at.
    ``patient`` is what the model was told beside the photograph.
    """

    codes: tuple[str, ...]
    probs: np.ndarray
    heatmaps: np.ndarray
    model: ModelUse
    features: np.ndarray | None = None
    texture: np.ndarray | None = None
    spread: np.ndarray | None = None
    patient: Patient = UNKNOWN

    @property
    def has_maps(self) -> bool:
        """True where heat maps were made."""
        return self.heatmaps.size > 0

    @property
    def top(self) -> int:
        """Index of the most probable class."""
        return int(np.argmax(self.probs))

    @property
    def suspicious_prob(self) -> float:
        """Probability that the lesion is malignant or pre-malignant: the sum over those classes."""
        pairs = zip(self.codes, self.probs, strict=True)
        return float(sum(prob for code, prob in pairs if lesion_class(code).is_suspicious))


def told_prob(prob: float) -> float:
    """What is told of a probability where a number is wanted, 0.001 to 0.999: a model is never certain."""
    return min(max(float(prob), 0.001), 0.999)


class Likeness(StrEnum):
    """How a picture compares with the photographs that a classifier learnt from."""

    DERMOSCOPY = "dermoscopy"
    OTHER = "other"  # skin perhaps, but not seen through a dermatoscope
    NONE = "none"  # like nothing that the classifier knows: its classes mean nothing


@dataclass(frozen=True)
class SimilarCase:
    """A training lesion: ids of its photograph and its own, its diagnosis, and how far it is, 0 to 2."""

    image_id: str
    lesion_id: str
    code: str
    distance: float

    @property
    def is_the_same(self) -> bool:
        """True where this must be the photograph that is asked about, as it is or saved anew."""
        return self.distance < SAME_DISTANCE


@dataclass(frozen=True)
class PossibleClasses:
    """The classes that cannot be excluded, the most probable first.

    Over many photographs like those of the dataset, the true class is among them with a probability of
    ``coverage``.
    """

    coverage: float
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Alarm:
    """The prob from which a classifier of two classes gives alarm, and whether it did."""

    level: float
    is_reached: bool


@dataclass(frozen=True)
class Caution:
    """What keeps a class from being taken for more than it is.

    ``likeness`` is None without a gate, ``alarm`` but for a classifier of two classes.
    """

    likeness: Likeness | None
    possible: tuple[PossibleClasses, ...]
    similar: tuple[SimilarCase, ...]
    alarm: Alarm | None = None


@dataclass(frozen=True, eq=False)
class Analysis:
    """Everything that is known about one photograph.

    ``cleaned`` is the image that the outline was drawn on (the photograph itself where no cleaning was
    chosen), ``class_image`` the one that the classifier saw, with `skinapp.services.analyze.class_steps`.
    ``mask`` has the photograph's own resolution; an empty one means that no lesion was found, and
    ``shape`` is None then. What needs a model that was not chosen is None. ``caution`` is None where
    nothing was fitted for the classifier; ``prediction`` and ``shape`` are None where a picture was refused.
    """

    photograph: Photograph
    quality: Quality
    cleaned: np.ndarray
    cleaning: tuple[str, ...]
    threshold: float
    outline: Outline | None = None
    mask: np.ndarray | None = None
    shape: Shape | None = None
    prediction: Prediction | None = None
    caution: Caution | None = None
    class_image: np.ndarray | None = None

    @property
    def lesion_found(self) -> bool:
        """True where the outline holds at least one pixel."""
        return self.mask is not None and bool(self.mask.any())

    @property
    def has_maps(self) -> bool:
        """True where a class was named and its heat maps were made."""
        return self.prediction is not None and self.prediction.has_maps

    @property
    def is_refused(self) -> bool:
        """True where a classifier ran and its answer was held back."""
        return self.prediction is None and self.caution is not None
