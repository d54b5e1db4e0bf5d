"""One photograph through several outline models: aligned outlines, what they share and where they differ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from skinapp.i18n import format_percent, marked
from skinapp.i18n import gettext as _
from skinapp.imaging.cleaning import clean
from skinapp.imaging.geometry import fit_square, lesion_mask, thumbnail
from skinapp.metrics.agreement import agreement_with_others, disagreement_bits, majority, pairwise_iou
from skinapp.models.card import ModelCard
from skinapp.results import Outline
from skinapp.services.analyze import DEFAULT_THRESHOLD, Engine

COMPARED_SIDE_PX = 1200  # longer side of what is compared: six times what a model sees
MAX_VARIANTS = 12
TIMED_ROUNDS = 7

CLEANING_WORDS = {
    "hair": marked("hair removed"),
    "clahe": marked("light evened out"),
    "colour": marked("colours neutral"),
}

Cleaning = tuple[str, ...]
OutlineOf = Callable[[ModelCard, Cleaning], Outline]  # what a model answers after this cleaning


@dataclass(frozen=True)
class Variant:
    """A model with the settings under which it draws; ``cleaning`` as in `analyze.Choices`."""

    card: ModelCard
    threshold: float = DEFAULT_THRESHOLD
    cleaning: Cleaning = ()


@dataclass(frozen=True, eq=False)
class Comparison:
    """What N variants made of one photograph, at one size (H, W).

    ``image`` is the photograph with its longer side at most `COMPARED_SIDE_PX`. ``masks`` is bool
    (N, H, W), ``ious`` (N, N) between every two, ``agreement`` (N,) the mean of each with the others, nan
    for a single one. ``consensus`` holds the pixels of more than half of the masks; ``disagreement``,
    float32 (H, W), is the entropy of their vote in bits.
    """

    image: np.ndarray
    variants: tuple[Variant, ...]
    outlines: tuple[Outline, ...]
    masks: np.ndarray
    ious: np.ndarray
    agreement: np.ndarray
    consensus: np.ndarray
    disagreement: np.ndarray


@dataclass(frozen=True, eq=False)
class TwinPair:
    """A baseline and its attention twin, as positions in a comparison, and what attention changed:
    the pixels that it ``gained`` and ``lost``, bool (H, W), and the IoU of the two."""

    baseline: int
    attention: int
    gained: np.ndarray
    lost: np.ndarray
    iou: float


class SharedInputs:
    """A photograph made ready for models: cleaned once for each cleaning, shrunk once for each size.

    ``clean`` may be given by a caller who keeps cleaned photographs.
    """

    def __init__(self, image: np.ndarray, clean: Callable[[np.ndarray, Cleaning], np.ndarray] = clean):
        self._clean = clean
        self._cleaned: dict[Cleaning, np.ndarray] = {(): image}
        self._squares: dict[tuple[Cleaning, int], np.ndarray] = {}

    def square(self, card: ModelCard, cleaning: Cleaning) -> np.ndarray:
        """What this model sees of the photograph after this cleaning, uint8 (S, S, 3)."""
        side_px = card.input_px
        if (cleaning, side_px) not in self._squares:
            self._squares[cleaning, side_px] = fit_square(self._image(cleaning), side_px)
        return self._squares[cleaning, side_px]

    def _image(self, cleaning: Cleaning) -> np.ndarray:
        if cleaning not in self._cleaned:
            self._cleaned[cleaning] = self._clean(self._cleaned[()], cleaning)
        return self._cleaned[cleaning]


def outlines_by(engine: Engine, image: np.ndarray) -> OutlineOf:
    """The engine's answers for one photograph, the same as from the photograph itself.

    One model after the other: each pass takes all cores already, and the time of each stays its own.
    """
    inputs = SharedInputs(image)
    return lambda card, cleaning: engine.segment(card.name, inputs.square(card, cleaning))


def compare(image: np.ndarray, variants: Sequence[Variant], outline_of: OutlineOf) -> Comparison:
    """The photograph under every variant; a model is asked once for each of its cleanings."""
    if not variants:
        raise ValueError("expected at least one variant")
    asked = dict.fromkeys((variant.card, variant.cleaning) for variant in variants)
    answers = {pair: outline_of(*pair) for pair in asked}
    outlines = tuple(answers[variant.card, variant.cleaning] for variant in variants)
    small = thumbnail(image, COMPARED_SIDE_PX)
    masks = np.stack(
        [
            lesion_mask(outline.prob_map, *small.shape[:2], variant.threshold)
            for outline, variant in zip(outlines, variants, strict=True)
        ]
    )
    ious = pairwise_iou(masks)
    return Comparison(
        image=small,
        variants=tuple(variants),
        outlines=outlines,
        masks=masks,
        ious=ious,
        agreement=agreement_with_others(ious),
        consensus=majority(masks),
        disagreement=disagreement_bits(masks),
    )


def steady_seconds(passes: Sequence[Callable[[], float]]) -> tuple[float, ...]:
    """The shortest time of each pass in `TIMED_ROUNDS` rounds: a first run, and what else the machine does,
    only add to it.

    ``passes`` each run once and return their seconds. A round runs all of them in turn, so that a busy moment
    meets all alike.
    """
    rounds = [[one() for one in passes] for _round in range(TIMED_ROUNDS)]
    return tuple(map(min, zip(*rounds, strict=True)))


def twin_pairs(known: Comparison) -> tuple[TwinPair, ...]:
    """Every attention model whose baseline is there under the same settings."""
    places = {
        (variant.card.name, variant.threshold, variant.cleaning): place
        for place, variant in enumerate(known.variants)
    }
    pairs = []
    for attention, variant in enumerate(known.variants):
        baseline = places.get((variant.card.twin, variant.threshold, variant.cleaning))
        if baseline is not None:
            pairs.append(_pair(known, baseline, attention))
    return tuple(pairs)


def labels(variants: Sequence[Variant]) -> tuple[str, ...]:
    """A name for each variant: its model's title, and the settings where they differ from the first one's."""
    first = variants[0]
    return tuple(f"{_(variant.card.title)}{_settings_words(variant, first)}" for variant in variants)


def gate_words(encoder: int, decoder: int) -> tuple[str, ...]:
    """The names of a model's gates, given how many stand in each half, in the order of their work."""
    if (encoder, decoder) == (1, 1):
        return _("after the encoder"), _("in the decoder")
    return (
        *(_("encoder, stage {number}").format(number=number) for number in range(1, encoder + 1)),
        *(_("decoder, stage {number}").format(number=number) for number in range(1, decoder + 1)),
    )


def _pair(known: Comparison, baseline: int, attention: int) -> TwinPair:
    before, after = known.masks[baseline], known.masks[attention]
    iou = float(known.ious[baseline, attention])
    return TwinPair(baseline, attention, after & ~before, before & ~after, iou)


def _settings_words(variant: Variant, first: Variant) -> str:
    words = []
    if variant.threshold != first.threshold:
        words.append(_("sure {threshold}").format(threshold=format_percent(variant.threshold)))
    if variant.cleaning != first.cleaning:
        words += [_(CLEANING_WORDS[step]) for step in variant.cleaning] or [_("not cleaned")]
    return "".join(f", {word}" for word in words)
