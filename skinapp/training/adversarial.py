"""SRGAN's second training: the generator against a discriminator (Ledig et al. 2017, arXiv 1609.04802)."""

import torch
from torch import nn
from torch.nn import functional as F

from skinapp.models.card import ModelCard
from skinapp.training.task import AdversarialTask, normalised
from skinapp.training.trainer import RunOptions, Trainer, autocast

ADVERSARIAL_WEIGHT = 1e-3  # paper D
SLOPE = 0.2


class Discriminator(nn.Module):
    """Eight convolutions, batch norm, LeakyReLU, two dense layers (figure 4): (N, 3, S, S) to logits (N, 1).

    The logit is positive for what looks like a photograph. Averaging to 6x6 before the dense layers lets
    the side S vary.
    """

    def __init__(self, channels: int = 64):
        super().__init__()
        widths = [channels * factor for factor in (1, 2, 2, 4, 4, 8, 8)]
        layers: list[nn.Module] = [nn.Conv2d(3, channels, 3, padding=1), nn.LeakyReLU(SLOPE)]
        for index, (before, after) in enumerate(zip([channels, *widths], widths, strict=False)):
            stride = 2 if index % 2 == 0 else 1
            layers += _block(before, after, stride)
        self.features = nn.Sequential(*layers)
        self.verdict = nn.Sequential(
            nn.AdaptiveAvgPool2d(6),
            nn.Flatten(),
            nn.Linear(widths[-1] * 36, 16 * channels),
            nn.LeakyReLU(SLOPE),
            nn.Linear(16 * channels, 1),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.verdict(self.features(images * 2 - 1))


class AdversarialTrainer(Trainer):
    """Content loss + `ADVERSARIAL_WEIGHT` times the adversarial loss for the generator; see `Trainer`."""

    PARTS = (*Trainer.PARTS, "discriminator", "judge_optimiser")

    def __init__(self, card: ModelCard, task: AdversarialTask, options: RunOptions):
        super().__init__(card, task, options)
        self.discriminator = Discriminator().to(options.device, memory_format=torch.channels_last)
        self.judge_optimiser = torch.optim.Adam(self.discriminator.parameters(), lr=self.recipe.learning_rate)

    def _step(self, images: torch.Tensor, targets: torch.Tensor) -> float:
        batch, targets = (tensor.to(self.options.device, non_blocking=True) for tensor in (images, targets))
        with autocast(self.options):
            enlarged = self.model(normalised(batch, self.card)).float()
            self._improve(self.judge_optimiser, self.discriminator, self._judge_loss(enlarged, targets))
            loss = self._generator_loss(enlarged, targets)
        self._improve(self.optimiser, self.model, loss)
        self.schedule.step()
        self.average.update_parameters(self.model)
        return loss.item()

    def _judge_loss(self, enlarged: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Cross-entropy of calling photographs real and enlargements made."""
        real, made = self.discriminator(targets), self.discriminator(enlarged.detach())
        return F.softplus(-real.float()).mean() + F.softplus(made.float()).mean()

    def _generator_loss(self, enlarged: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """-log D(G(x)) of equation 3, weighted, on top of the content loss."""
        self.discriminator.requires_grad_(False)
        adversarial = F.softplus(-self.discriminator(enlarged).float()).mean()
        self.discriminator.requires_grad_(True)
        return self.loss(enlarged, targets) + ADVERSARIAL_WEIGHT * adversarial

    def _improve(self, optimiser: torch.optim.Optimizer, network: nn.Module, loss: torch.Tensor) -> None:
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()


def _block(before: int, after: int, stride: int) -> list[nn.Module]:
    convolution = nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False)
    return [convolution, nn.BatchNorm2d(after), nn.LeakyReLU(SLOPE)]
