"""Learning from other classifiers: their answers (Hinton et al. 2015, arXiv 1503.02531) and features."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.labels import BINARY_CODES, HAM7_CODES, class_index
from skinapp.models.card import ModelCard, Task
from skinapp.models.classifier import Classifier, Deviations
from skinapp.models.weights import load_model
from skinapp.training.folding import fold
from skinapp.training.refit import undo_evening
from skinapp.training.task import normalised

HINTS = 3  # a trunk's last maps, each the last of its size


class Teachers:
    """Classifiers that answer for the very pictures that their student sees, mixed and distorted ones too.

    As in Beyer et al. 2022 (arXiv 2106.05237): teacher and student have to agree on the same view. A teacher
    gets it at the side that it was trained for. A student of two classes
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
            undo_evening(network, checkpoint.record)
            fold(network)
            network.to(device, memory_format=torch.channels_last)

    @torch.no_grad()
    def lesson(self, images: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """What they say to uint8 images (N, 3, S, S).

        The mean of their calibrated probabilities (N, K), and the first teacher's `answer_and_hints`.
        """
        answers, hints = [], []
        for network, checkpoint in self.models:
            logits, maps = answer_and_hints(network, seen_by(images, checkpoint.card))
            hints = hints or maps
            probs = (logits.float() / checkpoint.temperature).softmax(dim=1)
            answers.append(self._told(probs, checkpoint.card))
        return torch.stack(answers).mean(dim=0), hints

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


def answer_and_hints(network: nn.Module, batch: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Logits, and the `HINTS` last feature maps of the trunk that differ in size, the largest first.

    Of each size (N, C, h, w) the last map before `Deviations`; tokens have one size, so CLIP's have one map.
    None of a network that encodes in another way than part by part.
    """
    if not isinstance(network, Classifier) or type(network).encode is not Classifier.encode:
        return network(batch), []
    maps: list[torch.Tensor] = []
    for part in network.features:
        batch = part(batch)
        if isinstance(part, Deviations):
            continue
        if maps and maps[-1].shape[2:] == batch.shape[2:]:
            maps.pop()
        maps.append(batch)
    return network.decode(batch), maps[-HINTS:]


class Hints(nn.Module):
    """What a student's feature maps lack of its teacher's (FitNets: Romero et al. 2015, arXiv 1412.6550).

    Both maps of a pair are averaged to the smaller size of the two, and the teacher's channels brought to
    mean 0 and variance 1 over the batch. A 1x1 convolution, learnt with the student and left behind in the
    end, makes as many channels of the student's. ``channels`` are those of student and teacher, pair by pair.
    """

    def __init__(self, channels: Sequence[tuple[int, int]]):
        super().__init__()
        self.adapters = nn.ModuleList(nn.Conv2d(own, wanted, 1) for own, wanted in channels)

    def forward(self, student: Sequence[torch.Tensor], teacher: Sequence[torch.Tensor]) -> torch.Tensor:
        """Mean squared difference; about 1 for a student that knows the teacher's means and no more."""
        losses = []
        for adapter, own, wanted in zip(self.adapters, student, teacher, strict=True):
            size = min(own.shape[2:], wanted.shape[2:])
            wanted = F.adaptive_avg_pool2d(wanted.float(), size)
            wanted = F.batch_norm(wanted, None, None, training=True)
            losses.append(F.mse_loss(adapter(F.adaptive_avg_pool2d(own.float(), size)), wanted))
        return torch.stack(losses).mean()


@torch.no_grad()
def hints_for(student: nn.Module, teachers: Teachers | None) -> Hints:
    """Hints of the first teacher for a student in evaluation mode; a blank picture counts the channels."""
    pair = [student, teachers.models[0][0]] if teachers else []
    blank = torch.zeros(1, 3, 96, 96, device=next(student.parameters()).device)
    channels = [[one.shape[1] for one in answer_and_hints(network, blank)[1]] for network in pair]
    if not pair or not all(channels) or len(channels[0]) != len(channels[1]):
        raise ModelError(
            _("Nobody can give hints."),
            _("Name a teacher; it and the student must be networks of convolutions up to their head."),
        )
    return Hints(list(zip(*channels, strict=True)))


def seen_by(images: torch.Tensor, teacher: ModelCard) -> torch.Tensor:
    """What a teacher is shown of uint8 images (N, 3, S, S): the side that it was trained at."""
    size = (teacher.input_px, teacher.input_px)
    return F.interpolate(normalised(images, teacher), size=size, mode="bilinear", antialias=True)
