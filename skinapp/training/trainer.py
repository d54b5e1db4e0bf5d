"""The state of one training and its passes: one cosine, averaged weights, resuming after an interruption."""

import copy
import hashlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.models import registry
from skinapp.models.card import ModelCard, Recipe
from skinapp.models.storage import as_kept
from skinapp.models.weights import load_imagenet_weights, load_initial_weights, read_record
from skinapp.training.distillation import Teachers, answer_and_hints, distillation_loss, hints_for
from skinapp.training.folding import fold, unfold
from skinapp.training.head import head_of, learn_head
from skinapp.training.refit import last_layer, logistic_regression, undo_evening
from skinapp.training.task import ADVERSARIAL_LOSS, TrainingTask, normalised

IMAGENET = Path("imagenet")  # as an initial file: download them


@dataclass(frozen=True)
class RunOptions:
    """How a training runs on this machine; none of it changes what is learnt on purpose.

    ``init`` is a safetensors file, or `IMAGENET`.
    ``teachers`` are checkpoints of classifiers, see `Teachers`.
    ``precision`` is float32 or bfloat16 (autocast); ``run_dir`` keeps the state for resuming.
    """

    run_dir: Path
    weights_dir: Path
    init: Path | None = None
    teachers: tuple[Path, ...] = ()
    device: str = "cpu"
    precision: str = "float32"
    workers: int = 0


class Trainer:
    """The state of one training: network, averaged network, optimiser, schedule and learning curve."""

    PARTS = ("model", "hints", "average", "optimiser", "schedule")  # what resuming restores from a state dict
    NUMBERS = ("epoch", "best_epoch", "best_score", "best_state", "curve")

    def __init__(self, card: ModelCard, task: TrainingTask, options: RunOptions):
        self.card, self.task, self.options = card, task, options
        self.recipe = recipe = card.recipe
        torch.manual_seed(recipe.seed)
        self.model = registry.entry(card.name).build()
        if options.init:
            self._load_init(options.init)
        if recipe.refit or recipe.priors or recipe.evening:
            last_layer(self.model)  # before anything is learnt in vain
        if recipe.head_epochs:
            head_of(self.model)
        if recipe.frozen and not hasattr(self.model, "first_stages"):
            raise ModelError(
                _("'{name}' has no first stages that could stay as they start.").format(name=card.name),
                _("Leave out --frozen, or choose a classifier."),
            )
        if recipe.folded:
            fold(self.model.eval())
        self.model.to(options.device, memory_format=torch.channels_last)
        self.frozen = None
        if recipe.frozen:
            self.frozen = self.model.first_stages(recipe.frozen).requires_grad_(False)
        self.average = AveragedModel(
            self.model, multi_avg_fn=get_ema_multi_avg_fn(recipe.ema_decay), use_buffers=True
        )
        self.teachers = Teachers(options.teachers, card, options.device) if options.teachers else None
        self.hints = hints_for(self.model.eval(), self.teachers) if recipe.hints else nn.Module()
        self.hints.to(options.device)
        self.learnt = [*self.model.parameters(), *self.hints.parameters()]
        self.optimiser = torch.optim.AdamW(
            self.learnt, lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
        )
        rows = len(task.train_set(64, 0))
        batches = math.ceil(rows / recipe.batch_size) - _leaves_one(rows, recipe.batch_size)
        steps = batches * recipe.epochs
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, _cosine(steps, recipe.warmup_share))
        self.loss = task.loss.to(options.device) if isinstance(task.loss, nn.Module) else task.loss
        self.epoch, self.best_epoch, self.best_score = 0, 0, -math.inf
        self.best_state: dict[str, torch.Tensor] = {}
        self.curve: list[dict[str, float]] = []

    @property
    def state_path(self) -> Path:
        return self.options.run_dir / self.card.name / "state.pt"

    @property
    def identity(self) -> str:
        """What makes this training the one that it is: recipe, start, teachers and rows, as JSON."""
        start, *teachers = (path and str(path) for path in (self.options.init, *self.options.teachers))
        task, choice = self.task, self.task.choice
        keys = [[sample.key for sample in samples] for samples in (task.train_samples, task.val_samples)]
        known = {
            "recipe": asdict(self.recipe),
            "init": start,
            "teachers": teachers,
            "rows": len(task.train_samples),
            "keys": hashlib.sha256(json.dumps(keys).encode()).hexdigest(),
            "split": choice.scheme,
            "content": choice.content if self.recipe.loss == ADVERSARIAL_LOSS else None,
        }
        return json.dumps(known)

    def resume(self) -> None:
        """Take up the saved state of an interrupted run, if there is one; `ModelError` for another one's."""
        if not self.state_path.is_file():
            return
        state = torch.load(self.state_path, map_location=self.options.device, weights_only=True)
        known, kept = json.loads(self.identity), json.loads(state.get("identity", "{}"))
        if not kept or known | kept != known:  # an older version kept less of it
            raise ModelError(
                _("Another training of '{name}' is kept in '{folder}'.").format(
                    name=self.card.name, folder=self.state_path.parent
                ),
                _("Name another folder with --runs, or remove this one."),
            )
        for part in self.PARTS:
            getattr(self, part).load_state_dict(state[part])
        for part in self.NUMBERS:
            setattr(self, part, state[part])

    def refit(self) -> None:
        """Fit a classifier's last layer, or all that follows its trunk, before anything else is learnt.

        To what the trunk says as it will be kept, see `skinapp.training.refit` and `skinapp.training.head`.
        Of a recipe without epochs that is the whole training.
        """
        side_px = self.recipe.stages[0][1]
        network = self.model.eval()
        network.load_state_dict(as_kept(network.state_dict(), self.card.bits))
        if self.recipe.head_epochs:
            self._learn_head(network, side_px)
        else:
            self._fit_last_layer(network, side_px)
        self.average.module.load_state_dict(network.state_dict())
        self.best_state = {key: value.clone() for key, value in network.state_dict().items()}
        score = self.validate(side_px)
        point = {"epoch": 0, "side_px": side_px, f"val_{self.task.score_name}": round(score, 5)}
        print(point, flush=True)

    def _fit_last_layer(self, network: nn.Module, side_px: int) -> None:
        last, network.classifier[-1] = last_layer(network), nn.Identity()
        features, targets = self._seen(network, side_px)
        network.classifier[-1] = last
        weight, bias = logistic_regression(features, targets, last.out_features, self.recipe.refit)
        last.load_state_dict({"weight": weight, "bias": bias})

    def _learn_head(self, network: nn.Module, side_px: int) -> None:
        head, network.classifier = head_of(network), nn.Identity()
        features, targets = self._seen(network, side_px)
        network.classifier = head
        learn_head(head.cpu(), features, targets, self.recipe)
        head.to(self.options.device)

    def _seen(self, network: nn.Module, side_px: int) -> tuple[torch.Tensor, torch.Tensor]:
        rows = self.task.plain_set(side_px)
        return predict(network, rows, self.card, self.options, f"{self.card.name} looks at all rows")

    def run_epoch(self) -> None:
        """One pass over the training rows, one over the validation rows; the state is saved after it."""
        epoch = self.epoch
        side_px = _side_of(epoch, self.recipe)
        started = time.perf_counter()
        loss = self._train_pass(epoch, side_px)
        score = self.validate(side_px)
        self.curve.append(
            {
                "epoch": epoch + 1,
                "side_px": side_px,
                "loss": round(loss, 5),
                f"val_{self.task.score_name}": round(score, 5),
                "seconds": round(time.perf_counter() - started, 1),
            }
        )
        print(self.curve[-1], flush=True)
        if score > self.best_score:
            self.best_score, self.best_epoch = score, epoch + 1
            self.best_state = {key: value.clone() for key, value in self.average.module.state_dict().items()}
        self.epoch = epoch + 1
        self._save()

    def is_stale(self) -> bool:
        """True once the validation score has not improved for the recipe's patience."""
        return self.epoch - self.best_epoch >= self.recipe.patience

    def best_network(self) -> nn.Module:
        """The averaged network at its best validation score, in evaluation mode."""
        network = copy.deepcopy(self.average.module).eval()
        network.load_state_dict(self.best_state)
        if self.recipe.folded:
            unfold(network)
        return network

    def validate(self, side_px: int) -> float:
        """The averaged network's score on the validation rows."""
        network = self.average.module.eval()
        logits, targets = predict(network, self.task.val_set(side_px), self.card, self.options)
        scores = self.task.score(logits, targets)
        return sum(scores) / len(scores)

    def _train_pass(self, epoch: int, side_px: int) -> float:
        torch.manual_seed(self.recipe.seed * 1000 + epoch)
        rows = self.task.train_set(side_px, epoch)
        loader = DataLoader(
            rows,
            batch_size=self.recipe.batch_size,
            shuffle=True,
            num_workers=self.options.workers,
            collate_fn=self.task.collate,
            drop_last=_leaves_one(len(rows), self.recipe.batch_size),
        )
        self.model.train()
        if self.frozen is not None:
            self.frozen.eval()
        total, seen = 0.0, 0
        progress = tqdm(loader, f"{self.card.name} {epoch + 1}/{self.recipe.epochs}", mininterval=5)
        for images, targets in progress:
            total, seen = total + self._step(images, targets) * len(images), seen + len(images)
            progress.set_postfix(loss=f"{total / seen:.3f}", refresh=False)
        return total / seen

    def _step(self, images: torch.Tensor, targets: torch.Tensor) -> float:
        batch, targets = (tensor.to(self.options.device, non_blocking=True) for tensor in (images, targets))
        loss = self._loss(batch, targets)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.learnt, 1.0)
        self.optimiser.step()
        self.schedule.step()
        self.average.update_parameters(self.model)
        return loss.item()

    def _loss(self, images: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        with autocast(self.options):
            logits, maps = answer_and_hints(self.model, normalised(images, self.card))
        loss = self.loss(logits.float(), targets)
        if self.teachers is None:
            return loss
        with autocast(self.options):
            probs, hints = self.teachers.lesson(images)
        share = self.recipe.distillation
        loss = (1 - share) * loss + share * distillation_loss(logits.float(), probs)
        return loss + self.recipe.hints * self.hints(maps, hints) if self.recipe.hints else loss

    def _load_init(self, path: Path) -> None:
        if path == IMAGENET:
            taken, total = load_imagenet_weights(self.model, self.card.encoder)
        else:
            taken, total = load_initial_weights(self.model, path)
        print(f"{taken} of {total} tensors start from {path.name}", flush=True)
        record = path.with_suffix(".json")
        known = read_record(record) if record.is_file() else {}
        if known.get("name") == self.card.name:  # else the last layer is another one
            undo_evening(self.model, known)

    def _save(self) -> None:
        self.state_path.parent.mkdir(parents=True, exist_ok=True)
        state = {part: getattr(self, part).state_dict() for part in self.PARTS}
        state |= {number: getattr(self, number) for number in self.NUMBERS}
        state["identity"] = self.identity
        partial = self.state_path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.state_path)


@torch.no_grad()
def predict(
    network: nn.Module,
    rows: Dataset,
    card: ModelCard,
    options: RunOptions,
    progress: str | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits and targets of all rows, in order, on the CPU; with ``progress``, a bar of that name."""
    logits, targets = [], []
    loader = DataLoader(rows, batch_size=32, num_workers=options.workers)
    for images, batch_targets in tqdm(loader, progress, disable=not progress, mininterval=5):
        with autocast(options):
            output = network(normalised(images.to(options.device), card))
        logits.append(output.float().cpu())
        targets.append(batch_targets)
    return torch.cat(logits), torch.cat(targets)


def _leaves_one(rows: int, batch_size: int) -> bool:
    """True where one row is left for the last batch: batch norm of maps of one pixel cannot learn from it."""
    return rows > batch_size and rows % batch_size == 1


def _side_of(epoch: int, recipe: Recipe) -> int:
    for epochs, side_px in recipe.stages:
        if epoch < epochs:
            return side_px
        epoch -= epochs
    raise ValueError(f"the recipe has {recipe.epochs} epochs")


def _cosine(steps: int, warmup_share: float) -> Callable[[int], float]:
    warmup = max(1, round(steps * warmup_share))

    def factor(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warmup) / max(1, steps - warmup))))

    return factor


def autocast(options: RunOptions) -> torch.autocast:
    """Mixed precision where the options ask for it."""
    return torch.autocast(
        options.device.split(":")[0], dtype=torch.bfloat16, enabled=options.precision == "bfloat16"
    )
