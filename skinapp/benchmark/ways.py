"""Two ways to the same answers: the project's engine, and the usual few lines with the same weights.

One analysis is what the screen asks for: outline, class probabilities and Grad-CAM.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from skinapp.engine.choice import choose_engine
from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.imaging.cleaning import cleaned_square
from skinapp.models.card import ModelCard
from skinapp.models.weights import load_model

Way = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]  # photograph -> prob_map, probs


def photograph(height: int = 450, width: int = 600, seed: int = 0) -> np.ndarray:
    """A made-up photograph, a dark disc with a soft edge on noisy skin: uint8 (height, width, 3)."""
    rows, columns = np.mgrid[:height, :width]
    distance = np.hypot(rows - height / 2, columns - width / 2) / (0.3 * height)
    lesion = 1 / (1 + np.exp(8 * (distance - 1)))[..., None]
    colour = lesion * (110, 70, 60) + (1 - lesion) * (215, 170, 150)
    noise = np.random.default_rng(seed).normal(0, 6, colour.shape)
    return np.clip(colour + noise, 0, 255).astype(np.uint8)


def engine_way(segmenter: str, classifier: str, device: str, folder: Path) -> Way:
    """The engine; its `classify` makes the heat maps of all classes."""
    engine = choose_engine(folder, device)

    def analyse(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        outline, prediction = engine.segment(segmenter, image), engine.classify(classifier, image)
        return outline.prob_map, prediction.probs

    return analyse


def plain_way(segmenter: str, classifier: str, device: str, folder: Path) -> Way:
    """Eager single precision as trained, and pytorch-grad-cam for the most probable class alone, which
    runs another forward pass and a whole backward pass."""
    grad_cam = _reference_grad_cam()
    outliner, outline = load_model(segmenter, folder)
    namer, naming = load_model(classifier, folder)
    outliner, namer = outliner.to(device), namer.to(device).requires_grad_(True)
    cam = grad_cam(namer, [namer.features[-1]])

    def analyse(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with torch.no_grad():
            logits_map = outliner(plain_batch(outline.card, image).to(device))
            batch = plain_batch(naming.card, image).to(device)
            logits = namer(batch)
        cam(batch, targets=None)  # the most probable class
        probs = torch.softmax(logits[0] / naming.temperature, dim=0)
        return logits_map[0, 0].sigmoid().cpu().numpy(), probs.cpu().numpy()

    return analyse


def plain_batch(card: ModelCard, image: np.ndarray) -> torch.Tensor:
    """The normalised input as the usual few lines make it; the card is that of a checkpoint."""
    square = cleaned_square(image, card.input_px, card.cleaning).astype(np.float32) / 255
    normalised = (square - np.float32(card.mean)) / np.float32(card.std)
    return torch.from_numpy(normalised.transpose(2, 0, 1).copy())[None]


def _reference_grad_cam() -> type:
    try:
        from pytorch_grad_cam import GradCAM
    except ImportError:
        raise SkinAppError(
            _("The benchmark compares with pytorch-grad-cam, which is not installed."),
            _("Install the project together with its development tools."),
        ) from None
    return GradCAM
