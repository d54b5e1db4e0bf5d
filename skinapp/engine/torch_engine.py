"""Runs the models of the zoo with PyTorch. One engine serves all visitors at once.

Models are loaded once, folded, and never written to again: no hooks, no ``backward``, no parameter that
requires a gradient. Forward passes without gradients are in inference mode; where a gradient follows,
they are under ``no_grad``, because inference tensors cannot enter autograd. An engine for another runtime
replaces the two forward passes, ``_prob_map`` and ``_features``, and takes the rest from here.
"""

from dataclasses import dataclass, replace
from functools import partial
from math import prod
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from torch import nn

from skinapp.attribution.gradcam import Decode, class_maps, grad_cam
from skinapp.attribution.grid import Grid, grid_of
from skinapp.attribution.method import Method, methods_of
from skinapp.attribution.rollout import attention_rollout
from skinapp.attribution.scorecam import masked, score_cam
from skinapp.attribution.targets import lesion_pixels
from skinapp.engine.device import Placement, choose_placement
from skinapp.engine.fusion import fold_batch_norm
from skinapp.engine.shelf import Shelf
from skinapp.engine.upsampling import replace_doubling_blocks
from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.imaging.cleaning import cleaned_square
from skinapp.imaging.geometry import check_image, mean_maps, mirror_images
from skinapp.metrics.calibration import mean_probs
from skinapp.models import registry
from skinapp.models.card import ModelCard, Task
from skinapp.models.classifier import maps_of
from skinapp.models.metadata import facts_of
from skinapp.models.super_resolver import merge_branches
from skinapp.models.texture import texture_of
from skinapp.models.weights import Checkpoint, find_checkpoint, load_model
from skinapp.patient import UNKNOWN, Patient
from skinapp.results import Enlargement, Gates, ModelUse, Outline, Prediction, Progress
from skinapp.settings import settings


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A network on its device with its card and checkpoint; ``grid`` is where the cells of its maps look."""

    network: nn.Module
    card: ModelCard
    checkpoint: Checkpoint
    grid: Grid

    def heat(self, maps: torch.Tensor, method: Method = Method.GRAD_CAM) -> np.ndarray:
        """Raw maps (K, h, w) at their place on the picture, float32; 1 is the method's reference heat."""
        scaled = _array(maps) / np.float32(self.checkpoint.reference_heat_of(method))
        return self.grid.aligned(scaled, self.card.input_px)


@dataclass(frozen=True, eq=False)
class _Look:
    """What a classifier made of an image: its features, how it goes on from the last, and what it said.

    ``taps`` are the earlier maps that it keeps, ``features`` the last one, (1, C, h, w), ``probs`` (K,)
    calibrated.
    """

    model: LoadedModel
    decode: Decode
    taps: list[torch.Tensor]
    features: torch.Tensor
    probs: np.ndarray

    def pooled(self) -> np.ndarray:
        """The features from which similar cases are found, (C,)."""
        with torch.no_grad():
            return _array(self.model.network.pool(self.features)[0])

    def texture(self) -> np.ndarray | None:
        """What tells the kind of picture, (T,); None of a network that keeps no earlier maps."""
        return texture_of(self.taps) if self.taps else None

    def heat(self, only: int | None) -> np.ndarray:
        """Grad-CAM of every class, (K, h, w), or of one alone, (1, h, w)."""
        if only is None:
            return self.model.heat(class_maps(self.features, self.decode, len(self.probs)))
        return self.model.heat(grad_cam(self.features, self.decode, lambda logits: logits[0, only]))


class TorchEngine:
    """Outlines, classes and heat maps from the models installed in ``weights_dir``.

    ``device`` is auto, cpu, cuda or mps, ``max_models`` how many models are held in memory; what is not
    given comes from the settings. ``image`` is uint8 RGB (H, W, 3) of any size. Every method may be called
    from any thread and raises `ModelError` for a model that is unknown or does another task, and
    `WeightsError` for weights that are missing or damaged.
    """

    def __init__(
        self, weights_dir: Path | None = None, device: str | None = None, max_models: int | None = None
    ):
        self.placement: Placement = choose_placement(device or settings().device)
        self._weights_dir = weights_dir or settings().weights_dir
        limit = settings().max_models if max_models is None else max_models
        self._shelf: Shelf[LoadedModel] = Shelf(self._load, limit)
        self._committees: Shelf[Checkpoint] = Shelf(partial(find_checkpoint, folder=self._weights_dir), limit)

    @property
    def device_words(self) -> str:
        """Where this engine runs, in plain words."""
        return self.placement.words

    def prepare(self, name: str) -> None:
        """Load a segmentation model, so that its first answer comes as fast as the next."""
        self._model(name, Task.SEGMENTATION)

    def segment(self, name: str, image: np.ndarray) -> Outline:
        """Lesion probability per pixel at the model's own resolution; its time is without loading."""
        self.prepare(name)
        start = perf_counter()
        model = self._model(name, Task.SEGMENTATION)
        return Outline(self._prob_map(model, image), self._use(model.checkpoint, start))

    def classify(
        self,
        name: str,
        image: np.ndarray,
        explain: bool = True,
        mirrored: bool = False,
        top_only: bool = False,
        patient: Patient = UNKNOWN,
    ) -> Prediction:
        """Calibrated probabilities, softmax(logits / temperature), and Grad-CAM for every class.

        The trunk runs once; the maps come from the network's head alone. Without ``explain``, and of a model
        that cannot be explained, they are empty, (K, 0, 0); with ``top_only`` there is one, (1, h, w), of the
        most probable class: for streams, where the blocks of all maps tore holes into the heap, which grew by
        2 MB a second. With ``mirrored`` the probabilities are means over the image and its three mirror
        images, for which the trunk runs four times, and their standard deviation is told. A model with
        metadata hears what is known of ``patient``, others do not. A committee's map is the mean of its
        members' maps, and similar cases go by what the first of them saw.
        """
        card = registry.card(name)
        committee = self._committees.take(name) if card.members else None
        members = [self._model(one, Task.CLASSIFICATION) for one in card.members or (name,)]
        start = perf_counter()
        views = mirror_images(image) if mirrored else (image,)
        looks = [[self._look(member, view, patient) for member in members] for view in views]
        of_each = np.stack([_together(of_view, committee) for of_view in looks])
        probs = of_each.mean(axis=0)
        heatmaps = np.zeros((len(probs), 0, 0), np.float32)
        if explain and card.has_maps:
            top = int(probs.argmax()) if top_only else None
            heatmaps = mean_maps([look.heat(top) for look in looks[0]])
            heatmaps /= committee.reference_heat if committee else 1
        return Prediction(
            card.labels,
            probs,
            heatmaps,
            self._use(committee or members[0].checkpoint, start),
            looks[0][0].pooled(),
            looks[0][0].texture(),
            of_each.std(axis=0) if mirrored else None,
            patient if card.has_metadata else UNKNOWN,
        )

    def _look(self, model: LoadedModel, image: np.ndarray, patient: Patient) -> _Look:
        """What one classifier makes of one image; the trunk runs once."""
        decode = self._decode(model, patient)
        *taps, features = self._features(model, image)
        with torch.no_grad():
            logits = decode(features)[0].float()
            probs = torch.softmax(logits / model.checkpoint.temperature, dim=0)
        return _Look(model, decode, taps, features, _array(probs))

    def explain_classes(
        self,
        name: str,
        image: np.ndarray,
        method: Method,
        on_progress: Progress = lambda done, total: None,
    ) -> np.ndarray:
        """The map of every class by any method: float32 (K, h, w), 1 is the reference heat of that method.

        Score-CAM runs the trunk once for each of its channels, some seconds, and counts them. Attention
        rollout is the same for every class. `ModelError` for a method that does not suit the model.
        """
        model = self._model(name, Task.CLASSIFICATION)
        if method not in methods_of(model.card):
            raise ModelError(
                _("The model '{name}' cannot be explained in this way.").format(name=name),
                _("Choose another method, or another model."),
            )
        if method is Method.ROLLOUT:
            maps = self._rollout(model, image).expand(len(model.card.labels), -1, -1)
            return model.heat(maps, method)
        decode = model.network.decode
        features = self._features(model, image)[-1]
        if method is Method.SCORE_CAM:
            square = cleaned_square(image, model.card.input_px, model.card.cleaning)
            once = replace(model, card=replace(model.card, cleaning=()))  # not again behind each mask

            def scores_of(mask: np.ndarray) -> torch.Tensor:
                with torch.no_grad():
                    return decode(self._features(once, masked(square, mask, model.card.mean))[-1])[0]

            maps = score_cam(features, model.card.input_px, scores_of, on_progress)
        else:
            maps = class_maps(features, decode, len(model.card.labels), method)
        return model.heat(maps, method)

    def explain_outline(self, name: str, image: np.ndarray, threshold: float = 0.5) -> np.ndarray:
        """Grad-CAM of the outline at the deepest encoder stage: float32 (h, w), 1 is the reference heat.

        Explains the mean of logits over the pixels with prob >= ``threshold``; 0 everywhere where there is
        no such pixel. In attention models the deepest features are the gated ones.
        """
        if not 0 <= threshold <= 1:
            raise ValueError(f"threshold must be in [0, 1], got {threshold}")
        model = self._model(name, Task.SEGMENTATION)
        *shallow, deep = self._features(model, image)
        heatmap = grad_cam(
            deep,
            decode=lambda features: model.network.decode([*shallow, features]),
            target=lesion_pixels(threshold),
        )
        return model.heat(heatmap)[0]

    def enlarge(self, name: str, image: np.ndarray) -> Enlargement:
        """The whole image at ``scale`` times its size in one pass, so keep it small: memory grows with it."""
        check_image(image)
        model = self._model(name, Task.SUPER_RESOLUTION)
        start = perf_counter()
        with torch.inference_mode():
            enlarged = model.network(self._normalised(model.card, image))[0].float()
            pixels = enlarged.clamp(0, 1).mul(255).round().byte().permute(1, 2, 0)
        return Enlargement(pixels.cpu().numpy(), self._use(model.checkpoint, start))

    def context_px(self, name: str) -> int:
        """How much of its surroundings a part needs to be enlarged as in the whole image."""
        return registry.card(name).context_px

    def gates(self, name: str, image: np.ndarray) -> Gates:
        """The attention maps of a model; `ModelError` for one without."""
        if not registry.card(name).has_gates:
            raise ModelError(
                _("The model '{name}' has no attention gates.").format(name=name),
                _("Choose a model with spatial attention."),
            )
        model = self._model(name, Task.SEGMENTATION)
        with torch.inference_mode():
            halves = model.network.gates(self._batch(model.card, image))
        return Gates(*(tuple(_array(gate[0, 0]) for gate in half) for half in halves))

    def loaded(self) -> tuple[str, ...]:
        """Names of the models in memory, the longest unused first."""
        return self._shelf.names()

    def _prob_map(self, model: LoadedModel, image: np.ndarray) -> np.ndarray:
        """The whole forward pass of a segmentation model."""
        with torch.inference_mode():
            logits = model.network(self._batch(model.card, image))
            return _array(logits[0, 0].float().sigmoid())

    def _decode(self, model: LoadedModel, patient: Patient) -> Decode:
        """The network's head, with what is known of the patient where it has an ear for that."""
        if not (model.card.has_metadata and patient.is_known):
            return model.network.decode
        facts = torch.from_numpy(facts_of(patient)).to(self.placement.device, self.placement.dtype)
        return partial(model.network.decode, facts=facts[None])

    def _rollout(self, model: LoadedModel, image: np.ndarray) -> torch.Tensor:
        """The rollout of a transformer, (h, w)."""
        with torch.no_grad():
            attentions, size = model.network.attentions(self._batch(model.card, image))
        return attention_rollout(attentions[:, 0], prod(size)).unflatten(0, size)

    def _features(self, model: LoadedModel, image: np.ndarray) -> list[torch.Tensor]:
        """The forward pass up to where ``decode`` goes on: feature maps, the deepest last."""
        batch = self._batch(model.card, image)
        with torch.no_grad():
            if model.card.task is Task.CLASSIFICATION:
                return maps_of(model.network, batch)
            return list(model.network.encode(batch))

    def _model(self, name: str, task: Task) -> LoadedModel:
        if registry.card(name).task is not task:
            raise ModelError(
                _("The model '{name}' is made for another task.").format(name=name),
                _("Choose one of: {names}.").format(names=", ".join(registry.names(task))),
            )
        return self._shelf.take(name)

    def _load(self, name: str) -> LoadedModel:
        network, checkpoint = load_model(name, self._weights_dir)
        place, card = self.placement, checkpoint.card
        has_maps = card.has_maps and card.task is not Task.SUPER_RESOLUTION
        grid = grid_of(network) if has_maps else Grid()
        network = merge_branches(fold_batch_norm(network))
        if place.device.type == "cpu":
            network = replace_doubling_blocks(network)
        network = network.to(device=place.device, dtype=place.dtype, memory_format=place.memory_format)
        return LoadedModel(network.requires_grad_(False), card, checkpoint, grid)

    def _batch(self, card: ModelCard, image: np.ndarray) -> torch.Tensor:
        """The normalised input (1, 3, side, side)."""
        return self._normalised(card, cleaned_square(image, card.input_px, card.cleaning))

    def _normalised(self, card: ModelCard, image: np.ndarray) -> torch.Tensor:
        """The image as a batch of one; mean and std are on the 0..1 scale."""
        pixels = torch.from_numpy(np.ascontiguousarray(image)).to(self.placement.device)
        mean = torch.tensor(card.mean, device=pixels.device)
        std = torch.tensor(card.std, device=pixels.device)
        batch = ((pixels / 255 - mean) / std).permute(2, 0, 1)[None]
        return batch.to(dtype=self.placement.dtype, memory_format=self.placement.memory_format)

    def _use(self, checkpoint: Checkpoint, start: float) -> ModelUse:
        return ModelUse(checkpoint.name, checkpoint.sha256, self.device_words, perf_counter() - start)


def _together(looks: list[_Look], committee: Checkpoint | None) -> np.ndarray:
    """What the members of a committee say of one view, or one classifier, (K,)."""
    if committee is None:
        return looks[0].probs
    return mean_probs(np.stack([look.probs for look in looks]), committee.temperature)


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.float().cpu().numpy()
