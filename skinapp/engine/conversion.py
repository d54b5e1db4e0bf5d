"""Networks as OpenVINO graphs: converted once for each file of weights, then read from the cache folder.

A graph takes a uint8 photograph already fitted to the model's square and does the rest, normalisation
included. It is kept under a key made of what shapes it: weights, input, the versions of this program and of
the packages that build and convert networks. Whoever changes a network's code between two versions raises
`CONVERSION`. A folder is written apart and moved into place, so processes that start together do no harm.
"""

import hashlib
import shutil
import tempfile
import warnings
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from threading import Lock

import openvino as ov
import torch
from openvino.frontend import FrontEndManager
from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder
from openvino.preprocess import PrePostProcessor
from torch import nn

import skinapp
from skinapp.models.card import ModelCard, Task
from skinapp.models.classifier import maps_of

CONVERSION = 4  # to be raised when what a graph holds changes
_PACKAGES = ("openvino", "torch", "torchvision", "segmentation-models-pytorch", "timm", "transformers")

_converting = Lock()  # tracing changes the state of the whole process


class Part(StrEnum):
    """Which outputs of a network are asked for."""

    PROB_MAP = "prob_map"  # of a segmentation model
    FEATURES = "features"  # behind which ``decode`` goes on, the deepest last


class _BothParts(nn.Module):
    """A network in evaluation mode to its probability map, where it makes one, and its features."""

    def __init__(self, network: nn.Module, task: Task):
        super().__init__()
        self.network = network
        self.task = task

    def forward(self, batch: torch.Tensor) -> tuple[torch.Tensor, ...]:
        if self.task is Task.CLASSIFICATION:
            return tuple(maps_of(self.network, batch))
        features = self.network.encode(batch)
        return self.network.decode(features).sigmoid(), *features


class _Answer(nn.Module):
    """A network in evaluation mode to what is asked of it: a probability map, or calibrated probabilities."""

    def __init__(self, network: nn.Module, task: Task, temperature: float):
        super().__init__()
        self.network = network
        self.task = task
        self.temperature = temperature

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        logits = self.network(batch)
        return (
            logits.sigmoid() if self.task is Task.SEGMENTATION else (logits / self.temperature).softmax(dim=1)
        )


def graph_of(network: nn.Module, card: ModelCard, sha256: str, cache_dir: Path) -> ov.Model:
    """The graph of a network with these weights: from ``cache_dir``, else converted and kept there.

    Where the folder cannot be written, or holds a damaged file, the graph is converted anew.
    """
    folder = cache_dir / "openvino" / f"{card.name}-{_key(card, sha256)}"
    kept = _read(folder / "graph.xml")
    if kept is not None:
        return kept
    graph = convert(network, card)
    _keep(graph, folder)
    return graph


def convert(network: nn.Module, card: ModelCard) -> ov.Model:
    """The graph of a float32 network in evaluation mode: uint8 (1, S, S, 3) to outputs in float32."""
    return _graph(_BothParts(network, card.task), card)


def save_answer(network: nn.Module, card: ModelCard, temperature: float, path: Path) -> None:
    """Write the same with the answer alone: the probability map, or the probabilities of the classes (1, K).

    ``path`` ends in ``.xml``; the numbers lie beside it, ending in ``.bin``.
    """
    ov.save_model(_graph(_Answer(network, card.task, temperature), card), path, compress_to_fp16=False)


def part_of(graph: ov.Model, card: ModelCard, part: Part) -> ov.Model:
    """The graph with the outputs of one part alone, so that nothing else is computed."""
    maps = 1 if card.task is Task.SEGMENTATION else 0
    results = graph.get_results()[:maps] if part is Part.PROB_MAP else graph.get_results()[maps:]
    return ov.Model(results, graph.get_parameters(), f"{card.name}-{part}")


def _graph(module: nn.Module, card: ModelCard) -> ov.Model:
    """OpenVINO's own `convert_model` does the same, but reports each use over the network."""
    shape = (1, 3, card.input_px, card.input_px)
    with _converting, torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing: sizes are fixed here, as they are in the graph
        decoder = TorchScriptPythonDecoder(module.eval(), example_input=torch.zeros(shape))
        frontend = FrontEndManager().load_by_framework("pytorch")
        graph = frontend.convert(frontend.load(decoder))
    graph.reshape(ov.PartialShape(shape))
    steps = PrePostProcessor(graph)
    steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    steps.input().model().set_layout(ov.Layout("NCHW"))
    normalise = steps.input().preprocess().convert_element_type(ov.Type.f32)
    normalise.mean([255 * mean for mean in card.mean]).scale([255 * std for std in card.std])
    return steps.build()


def _key(card: ModelCard, sha256: str) -> str:
    versions = [version(package) for package in _PACKAGES]
    shaping = (sha256, card.input_px, card.mean, card.std, CONVERSION, skinapp.__version__, *versions)
    return hashlib.sha256(repr(shaping).encode()).hexdigest()[:24]


def _read(path: Path) -> ov.Model | None:
    if not path.is_file():
        return None
    try:
        return ov.Core().read_model(path)
    except RuntimeError:  # damaged: a disk that was full, a copy that broke off
        shutil.rmtree(path.parent, ignore_errors=True)
        return None


def _keep(graph: ov.Model, folder: Path) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix="partial-", dir=folder.parent))
    except OSError:
        return  # nowhere to keep it: the next start converts again
    try:
        ov.save_model(graph, partial / "graph.xml", compress_to_fp16=False)
        partial.replace(folder)
    except (OSError, RuntimeError):  # another process was first, or the disk is full
        shutil.rmtree(partial, ignore_errors=True)
