"""Models for the live camera in bfloat16 or int8, where that form was measured and kept."""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import openvino as ov

from skinapp.engine.conversion import Part, graph_of, part_of
from skinapp.engine.graph import Graph, has_bfloat16
from skinapp.engine.openvino_engine import OpenVinoEngine
from skinapp.engine.records import Form, int8_path, kept_form
from skinapp.engine.torch_engine import LoadedModel
from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.imaging.cleaning import cleaned_square
from skinapp.models.card import ModelCard, Task
from skinapp.models.classifier import DEVIATIONS


class LighterEngine(OpenVinoEngine):
    """An `OpenVinoEngine` that runs each model in the form kept for it, or all of them in one ``form``."""

    def __init__(
        self,
        weights_dir: Path | None = None,
        max_models: int | None = None,
        cache_dir: Path | None = None,
        form: Form | None = None,
    ):
        super().__init__(weights_dir, max_models, cache_dir)
        self._form = form

    @property
    def device_words(self) -> str:
        """Where this engine runs, in plain words."""
        return _("CPU with OpenVINO, each model in its lightest form that was kept")

    def write_int8(self, name: str, images: Iterable[np.ndarray]) -> None:
        """Write the int8 graph of a model, fitted to these photographs, beside its weights."""
        model = self._shelf.take(name)
        squares = [cleaned_square(image, model.card.input_px, model.card.cleaning)[None] for image in images]
        graph = _quantised(self._part(model, main_part(model.card)), squares)
        ov.save_model(graph, int8_path(name, self._weights_dir))

    def _compiled(self, _name: str, model: LoadedModel, part: Part) -> Graph:
        name, form = model.card.name, Form.SINGLE
        if part == main_part(model.card):
            form = self._form or kept_form(name, self._weights_dir, model.checkpoint.sha256)
        if form is Form.INT8:
            return Graph(ov.Core().read_model(int8_path(name, self._weights_dir)))
        precision = Form.BFLOAT16 if form is Form.BFLOAT16 and has_bfloat16() else Form.SINGLE
        return Graph(self._part(model, part), precision)

    def _part(self, model: LoadedModel, part: Part) -> ov.Model:
        graph = graph_of(model.network, model.card, model.checkpoint.sha256, self._cache_dir)
        return part_of(graph, model.card, part)


def main_part(card: ModelCard) -> Part:
    """What the camera asks of a model."""
    return Part.PROB_MAP if card.task is Task.SEGMENTATION else Part.FEATURES


def _quantised(graph: ov.Model, squares: list[np.ndarray]) -> ov.Model:
    """The graph in int8, but for deviations: small squares would become 0, and be divided by 0."""
    os.environ.setdefault("NNCF_CI", "1")  # else it reports its use over the network
    try:
        import nncf
    except ImportError:
        raise SkinAppError(
            _("Making int8 forms needs NNCF, which is not installed."), _("Install it with: pip install nncf")
        ) from None
    return nncf.quantize(
        graph,
        nncf.Dataset(squares),
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(squares),
        ignored_scope=nncf.IgnoredScope(patterns=[f".*{DEVIATIONS}.*"], validate=False),
    )
