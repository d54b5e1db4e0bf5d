"""Models for the live camera in bfloat16 or int8, where that form was measured and kept.

Whether bfloat16 is faster is up to the CPU: some have it and take longer. So this machine is asked.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import perf_counter

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

_ROUNDS = 5  # in which two forms of a graph are timed


class LighterEngine(OpenVinoEngine):
    """An `OpenVinoEngine` that runs each model in the form kept for it, or all of them in one ``form``.

    Where bfloat16 was kept, it runs in that or in single precision, whichever is faster on this machine.
    """

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
        return _("CPU with OpenVINO, each model in the fastest form that was kept")

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
        graph = self._part(model, part)
        if form is Form.SINGLE or not has_bfloat16():
            return Graph(graph)
        light = Graph(graph, Form.BFLOAT16)
        return light if self._form else faster((light, Graph(graph)), model.card.input_px)

    def _part(self, model: LoadedModel, part: Part) -> ov.Model:
        graph = graph_of(model.network, model.card, model.checkpoint.sha256, self._cache_dir)
        return part_of(graph, model.card, part)


def faster(graphs: Sequence[Graph], side_px: int) -> Graph:
    """The graph that answers soonest here; they run in turns, and the best time of each counts."""
    square = np.zeros((side_px, side_px, 3), np.uint8)
    times = [[_seconds(graph, square) for graph in graphs] for _round in range(_ROUNDS)]
    best = np.array(times).min(axis=0)
    return graphs[int(best.argmin())]


def _seconds(graph: Graph, square: np.ndarray) -> float:
    start = perf_counter()
    graph.run(square)
    return perf_counter() - start


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
