"""The pictures of a comparison: one for each outline, pairs side by side with their difference, and what all
of them say together. Screen and file draw the same ones."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from skinapp.i18n import format_number, format_percent
from skinapp.i18n import gettext as _
from skinapp.imaging.overlay import draw_outline, fill_mask, overlay_attribution, overlay_heatmap
from skinapp.imaging.patterns import ADDED, MISSING, SHARED, ink_regions
from skinapp.services.compare import Comparison, TwinPair, gate_words, labels, twin_pairs
from skinapp.services.report import FILL_OPACITY
from skinapp.services.truth import TruthScore, truth_regions, truth_scores
from skinapp.ui import caching
from skinapp.ui.compare_choices import Layer
from skinapp.ui.comparison import gates_of, heatmap_of
from skinapp.ui.heat_words import heat_words
from skinapp.ui.model_lines import model_line
from skinapp.ui.pictures import Line
from skinapp.ui.tray import Item

COVER = 0.75  # of a map where it is strongest
ALIKE, OPEN = 0.25, 0.7  # of a gate: a range that is hardly seen in colours, and what counts as open


@dataclass(frozen=True, eq=False)
class Picture:
    """An image (H, W, 3) with its words; ``borders`` are masks and the lines that they are drawn with."""

    label: str
    image: np.ndarray
    words: str = ""
    badges: tuple[str, ...] = ()
    borders: tuple[tuple[np.ndarray, Line], ...] = ()
    sample: Line | None = None
    group: str = ""
    wide: bool = False

    def flat(self) -> np.ndarray:
        """The image with its borders drawn in."""
        image = self.image
        for mask, line in self.borders:
            colour = tuple(bytes.fromhex(line.colour.removeprefix("#")))
            image = draw_outline(image, mask, colour)
        return image


@dataclass(frozen=True, eq=False)
class Shown:
    """A comparison with all that its pictures need; ``truth`` is the true mask (H, W), where it is known."""

    item: Item
    known: Comparison
    truth: np.ndarray | None = None

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The numbered names of the outlines."""
        return tuple(f"{number} {name}" for number, name in enumerate(labels(self.known.variants), start=1))

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """How each outline is drawn."""
        first = self.known.variants[0]
        return tuple(
            model_line(one.card, (one.threshold, one.cleaning) != (first.threshold, first.cleaning))
            for one in self.known.variants
        )

    @cached_property
    def scores(self) -> tuple[TruthScore, ...]:
        """Each outline against the true one, and after several their consensus; none without a true one."""
        if self.truth is None:
            return ()
        consensus = [self.known.consensus] if len(self.known.masks) > 1 else []
        return truth_scores([*self.known.masks, *consensus], self.truth)

    @cached_property
    def parameters(self) -> tuple[int | None, ...]:
        """The size of each model; None where its record does not tell."""
        sizes = {one.card.name: one.record.get("parameters") for one in caching.model_listings()}
        return tuple(sizes.get(one.card.name) for one in self.known.variants)


def pictures_of(shown: Shown, layer: Layer) -> list[Picture]:
    """The pictures of one layer in the order of the grid."""
    if layer is Layer.GATES:
        return _gate_pictures(shown)
    pairs = {pair.baseline: pair for pair in twin_pairs(shown.known)}
    attentions = {pair.attention for pair in pairs.values()}
    pictures = []
    for place in range(len(shown.titles)):
        if place in pairs:
            pictures += _pair_pictures(shown, pairs[place], layer)
        elif place not in attentions:
            pictures.append(_model_picture(shown, place, layer))
    return pictures + (_together(shown) if len(shown.titles) > 1 else [])


def _model_picture(shown: Shown, place: int, layer: Layer, group: str = "") -> Picture:
    mask = shown.known.masks[place]
    drawn = layer in (Layer.OUTLINE, Layer.PROBABILITY, Layer.HEAT) and mask.any()
    return Picture(
        shown.titles[place],
        _layer_image(shown, place, layer),
        _layer_words(shown, place, layer),
        _badges(shown, place),
        ((mask, shown.lines[place]),) if drawn else (),
        shown.lines[place],
        group,
    )


def _layer_image(shown: Shown, place: int, layer: Layer) -> np.ndarray:
    known = shown.known
    if layer is Layer.PROBABILITY:
        return overlay_heatmap(known.image, known.outlines[place].prob_map, 1, COVER)
    if layer is Layer.HEAT:
        return overlay_attribution(known.image, heatmap_of(shown.item, known.variants[place]), COVER)
    if layer is Layer.TRUTH:
        return ink_regions(known.image, truth_regions(known.masks[place], shown.truth))
    return known.image


def _layer_words(shown: Shown, place: int, layer: Layer) -> str:
    mask = shown.known.masks[place]
    if not mask.any():
        return _("no lesion found")
    if layer is Layer.HEAT:
        return heat_words(heatmap_of(shown.item, shown.known.variants[place]), mask)
    if layer is Layer.TRUTH:
        score = shown.scores[place]
        numbers = {"iou": format_number(score.iou), "dice": format_number(score.dice)}
        return _("IoU {iou}, Dice {dice}").format(**numbers)
    return ""


def _badges(shown: Shown, place: int) -> tuple[str, ...]:
    known, size = shown.known, shown.parameters[place]
    badges = [
        _("{time} ms").format(time=format_number(1000 * known.outlines[place].model.seconds, 0)),
        _("{share} of the frame").format(share=format_percent(known.masks[place].mean())),
    ]
    if size:
        badges.insert(1, _("{size} M parameters").format(size=format_number(size / 1e6, 1)))
    if len(known.variants) > 1:
        badges.append(_("agreement {iou}").format(iou=format_number(known.agreement[place])))
    return tuple(badges)


def _pair_pictures(shown: Shown, pair: TwinPair, layer: Layer) -> list[Picture]:
    group = f"pair {pair.baseline}"
    return [
        _model_picture(shown, pair.baseline, layer, group),
        _model_picture(shown, pair.attention, layer, group),
        replace(_difference_picture(shown.known, pair), group=group, wide=True),
    ]


def _difference_picture(known: Comparison, pair: TwinPair) -> Picture:
    both = known.masks[pair.baseline] & known.masks[pair.attention]
    image = ink_regions(known.image, [(both, SHARED), (pair.gained, ADDED), (pair.lost, MISSING)])
    words = _("Attention gained {gained} and lost {lost} of the frame. IoU of the two {iou}.").format(
        gained=format_percent(pair.gained.mean(), 1),
        lost=format_percent(pair.lost.mean(), 1),
        iou=format_number(pair.iou),
    )
    title = _(known.variants[pair.baseline].card.title)
    return Picture(_("{model}: what attention changed").format(model=title), image, words)


def _together(shown: Shown) -> list[Picture]:
    known = shown.known
    lesion = fill_mask(known.image, known.consensus, FILL_OPACITY)
    lines = tuple((mask, line) for mask, line in zip(known.masks, shown.lines, strict=True) if mask.any())
    words = _("more than half of the {count} outlines: {share} of the frame").format(
        count=len(known.variants), share=format_percent(known.consensus.mean())
    )
    share = format_percent((known.disagreement > 0).mean(), 1)
    disputed = _("disputed: {share} of the frame").format(share=share)
    return [
        Picture(_("All outlines, consensus tinted"), lesion, words, borders=lines),
        Picture(_("Disagreement"), overlay_heatmap(known.image, known.disagreement, 1, 1), disputed),
    ]


def _gate_pictures(shown: Shown) -> list[Picture]:
    pictures = []
    for place, variant in enumerate(shown.known.variants):
        if variant.card.has_gates:
            gates = gates_of(shown.item, variant)
            names = gate_words(len(gates.encoder), len(gates.decoder))
            for name, gate in zip(names, (*gates.encoder, *gates.decoder), strict=True):
                image = overlay_heatmap(shown.known.image, gate, 1, COVER)
                words = f"{name}: {opening_words(gate)}"
                pictures.append(Picture(shown.titles[place], image, words, sample=shown.lines[place]))
    return pictures


def opening_words(gate: np.ndarray) -> str:
    """How far a gate is open, and whether it tells one place from another."""
    low, high = float(gate.min()), float(gate.max())
    if high - low > ALIKE:
        words = _("open in some places more than in others, {low} to {high}")
    elif low >= OPEN:
        words = _("open almost alike everywhere, {low} to {high}")
    elif high <= 1 - OPEN:
        words = _("almost closed everywhere, {low} to {high}")
    else:
        words = _("half open almost alike everywhere, {low} to {high}")
    return words.format(low=format_number(low), high=format_number(high))
