"""Learning from the answers of other classifiers (Hinton et al. 2015, arXiv 1503.02531)."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch.nn import functional as F

from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.labels import BINARY_CODES, HAM7_CODES, class_index
from skinapp.models.card import ModelCard, Task
from skinapp.models.weights import load_model
from skinapp.training.folding import fold
from skinapp.training.task import normalised


class Teachers:
    """Classifiers that answer for the very pictures that their student sees, mixed and distorted ones too.

    As in Beyer et al. 2022 (arXiv 2106.05237): teacher and student have to agree on the same view. A teacher
    gets it at the side that it was trained for, where its student's is smaller. A student of two classes
    learns from the sums over its teacher's, each malignant lesion weighed as in its own loss.
    ``files`` are checkpoints, FOLDER/NAME.safetensors with their records.
    """

    def __init__(self, files: Sequence[Path], student: ModelCard, device: str):
        self.models = [load_model(path.stem, path.parent) for path in files]
        self.student = student
        for network, checkpoint in self.models:
            known = (student.labels, HAM7_CODES) if student.labels == BINARY_CODES else (student.labels,)
            if student.task is not Task.CLASSIFICATION or checkpoint.card.labels not in known:
                raise ModelError(
                    _("'{teacher}' cannot teach '{student}'.").format(
                        teacher=checkpoint.name, student=student.name
                    ),
                    _("Teachers and student must be classifiers of the same classes."),
                )
            fold(network)
            network.to(device, memory_format=torch.channels_last)

    @torch.no_grad()
    def probs(self, images: torch.Tensor) -> torch.Tensor:
        """The mean of their calibrated probabilities (N, K) for uint8 images (N, 3, S, S)."""
        answers = [
            (network(_seen(images, checkpoint.card)).float() / checkpoint.temperature).softmax(dim=1)
            for network, checkpoint in self.models
        ]
        pairs = zip(answers, self.models, strict=True)
        return torch.stack([self._told(probs, one.card) for probs, (_network, one) in pairs]).mean(dim=0)

    def _told(self, probs: torch.Tensor, teacher: ModelCard) -> torch.Tensor:
        """A teacher's probabilities (N, K) in the classes of the student."""
        if teacher.labels == self.student.labels:
            return probs
        places = torch.tensor([class_index(code, self.student.labels) for code in teacher.labels])
        weight = probs.new_tensor([1.0, self.student.recipe.malignant_weight])
        sums = probs.new_zeros(len(probs), 2).index_add_(1, places.to(probs.device), probs) * weight
        return sums / sums.sum(dim=1, keepdim=True)


def distillation_loss(logits: torch.Tensor, probs: torch.Tensor) -> torch.Tensor:
    """Mean Kullback-Leibler divergence in nats of the softmax of ``logits`` from ``probs``, both (N, K)."""
    return F.kl_div(logits.log_softmax(dim=1), probs, reduction="batchmean")


def _seen(images: torch.Tensor, teacher: ModelCard) -> torch.Tensor:
    """What a teacher is shown of uint8 images (N, 3, S, S): at least the side that it was trained at."""
    batch = normalised(images, teacher)
    if batch.shape[-1] >= teacher.input_px:
        return batch
    return F.interpolate(batch, size=(teacher.input_px, teacher.input_px), mode="bilinear")
