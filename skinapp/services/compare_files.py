"""A comparison as files: the pictures in one PNG, the figures as CSV. Nothing of the photograph's own
metadata is in them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from skinapp import __version__
from skinapp.i18n import gettext as _
from skinapp.imaging.encoding import encode_png
from skinapp.imaging.montage import Tile, montage
from skinapp.results import Photograph
from skinapp.services.compare import Comparison, labels
from skinapp.services.report import NOTICE, csv_file, no_formula
from skinapp.services.truth import TruthScore


def grid_png(rows: Sequence[Sequence[Tile]], known: Comparison) -> bytes:
    """Rows of labelled pictures with the notice and the models' names and hashes."""
    models = dict.fromkeys((outline.model.name, outline.model.sha256) for outline in known.outlines)
    text = {
        "Comment": _(NOTICE),
        "Software": f"skinapp {__version__}",
        "Models": ", ".join(name for name, _sha256 in models),
        "Weights SHA-256": ", ".join(sha256 for _name, sha256 in models),
    }
    return encode_png(montage(rows), text)


def figures_csv(
    known: Comparison,
    photograph: Photograph,
    parameters: Sequence[int | None],
    scores: Sequence[TruthScore] | None = None,
) -> bytes:
    """One row for each outline: its settings, its figures, and its score where the truth is known.

    ``scores`` are those of the outlines, and after them that of their consensus, which has a row of its own
    then.
    """
    rows = [
        _row(known, place, photograph) | {"parameters": count or ""} | (vars(scores[place]) if scores else {})
        for place, count in enumerate(parameters)
    ]
    if scores and len(scores) > len(rows):
        rows.append(_of_photograph(known, photograph) | {"label": _("Consensus")} | vars(scores[-1]))
    return csv_file([{key: _plain(value) for key, value in row.items()} for row in rows])


def _row(known: Comparison, place: int, photograph: Photograph) -> dict[str, Any]:
    variant, model = known.variants[place], known.outlines[place].model
    return _of_photograph(known, photograph) | {
        "label": labels(known.variants)[place],
        "model": model.name,
        "weights_sha256": model.sha256,
        "device": model.device,
        "threshold": variant.threshold,
        "cleaning": " ".join(variant.cleaning),
        "milliseconds": round(1000 * model.seconds, 1),
        "area_fraction": known.masks[place].mean(),
        "agreement": known.agreement[place],
        **{f"iou_with_{other}": value for other, value in enumerate(known.ious[place], start=1)},
        "notice": _(NOTICE),
    }


def _of_photograph(known: Comparison, photograph: Photograph) -> dict[str, Any]:
    height, width = known.image.shape[:2]
    return {
        "photograph": photograph.name,
        "photograph_sha256": photograph.sha256,
        "compared_width_px": width,
        "compared_height_px": height,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else round(float(value), 6)
    return no_formula(value)
