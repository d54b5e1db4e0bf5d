"""Learning from the answers of other classifiers (Hinton et al. 2015, arXiv 1503.02531)."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch.nn import functional as F

from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.models import registry
from skinapp.models.card import ModelCard, Task
from skinapp.models.weights import load_model
from skinapp.training.task import normalised


class Teachers:
    """Classifiers that answer for the very pictures that their student sees, mixed and distorted ones too.

    As in Beyer et al. 2022 (arXiv 2106.05237): teacher and student have to agree on the same pixels.
    ``files`` are checkpoints, FOLDER/NAME.safetensors with their records.
    """

    def __init__(self, files: Sequence[Path], student: ModelCard, device: str):
        self.models = [(*load_model(path.stem, path.parent), registry.card(path.stem)) for path in files]
        for network, _checkpoint, card in self.models:
            if student.task is not Task.CLASSIFICATION or card.labels != student.labels:
                raise ModelError(
                    _("'{teacher}' cannot teach '{student}'.").format(
                        teacher=card.name, student=student.name
                    ),
                    _("Teachers and student must be classifiers of the same classes."),
                )
            network.to(device, memory_format=torch.channels_last)

    @torch.no_grad()
    def probs(self, images: torch.Tensor) -> torch.Tensor:
        """The mean of their calibrated probabilities (N, K) for uint8 images (N, 3, S, S)."""
        answers = [
            (network(normalised(images, card)) / checkpoint.temperature).softmax(dim=1)
            for network, checkpoint, card in self.models
        ]
        return torch.stack(answers).mean(dim=0)


def distillation_loss(logits: torch.Tensor, probs: torch.Tensor) -> torch.Tensor:
    """Mean Kullback-Leibler divergence in nats of the softmax of ``logits`` from ``probs``, both (N, K)."""
    return F.kl_div(logits.log_softmax(dim=1), probs, reduction="batchmean")
