"""A model for programs without this one: a graph that OpenVINO reads, and what its card says."""

import json
from pathlib import Path
from typing import Any

from skinapp import __version__
from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.models import registry
from skinapp.models.card import ModelCard, Task
from skinapp.models.weights import Checkpoint, load_model
from skinapp.services.report import NOTICE

ANSWERS = {
    Task.SEGMENTATION: "probability of lesion for each pixel, float32 (1, 1, S, S)",
    Task.CLASSIFICATION: "calibrated probability of each class, float32 (1, K), in the order of labels",
}

PRECISION = "single; where OpenVINO would choose bfloat16 by itself, INFERENCE_PRECISION_HINT=f32 keeps it"


def export(name: str, weights_dir: Path, out: Path) -> dict[str, Any]:
    """Write a graph (``NAME.xml``, ``NAME.bin``) and ``NAME.json`` to a folder; returns what the latter says.

    The graph takes uint8 RGB (1, S, S, 3), made by `fit_square` after the cleaning that is named, and answers
    as the app does, of a model with metadata as without any. `ModelError` for a committee, for an enlarger,
    and where OpenVINO is missing; `WeightsError` for weights that are missing or damaged.
    """
    card = registry.card(name)
    if card.members or card.task not in ANSWERS:
        raise ModelError(
            _("'{name}' is no single network for outlines or classes.").format(name=name),
            _("Export an outline model, or one classifier."),
        )
    try:
        from skinapp.engine.conversion import save_answer
    except ImportError:
        raise ModelError(
            _("OpenVINO cannot be loaded on this computer."), _("Install it with: pip install openvino")
        ) from None
    network, checkpoint = load_model(name, weights_dir)
    out.mkdir(parents=True, exist_ok=True)
    save_answer(network, card, checkpoint.temperature, out / f"{name}.xml")
    told = _told(card, checkpoint)
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    (out / f"{name}.json").write_text(text, encoding="utf-8")
    return told


def _told(card: ModelCard, checkpoint: Checkpoint) -> dict[str, Any]:
    side = card.input_px
    return {
        "notice": NOTICE,
        "version": __version__,
        "name": card.name,
        "weights_sha256": checkpoint.sha256,
        "input": f"RGB photograph resized to a square, uint8 (1, {side}, {side}, 3)",
        "cleaning": list(card.cleaning),
        "output": ANSWERS[card.task],
        "precision": PRECISION,
        "labels": list(card.labels),
        "architecture": card.architecture,
        "source": card.source,
        "data": card.data,
        "licence": card.licence,
        "intended_use": card.intended_use,
        "limits": list(card.limits),
    }
