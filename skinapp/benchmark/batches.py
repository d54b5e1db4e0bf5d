"""How many photographs a second: the engine one after another, beside eager PyTorch in one batch."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from skinapp.benchmark.pairs import in_turns, summary
from skinapp.benchmark.ways import photograph, plain_batch
from skinapp.engine.choice import choose_engine
from skinapp.models import registry
from skinapp.models.card import Task
from skinapp.models.weights import load_model

BATCH = 32
PAIRS = 7

Answer = Callable[[Sequence[np.ndarray]], list[np.ndarray]]  # photographs -> probabilities of each


def batch_speed(
    name: str, device: str, folder: Path, batch: int = BATCH, pairs: int = PAIRS
) -> dict[str, Any]:
    """Photographs per second in the median, the ratio engine / plain over the pairs, and the largest
    difference of any probability. Both ways begin with decoded photographs of 600 x 450 pixels."""
    images = [photograph(seed=seed) for seed in range(batch)]
    task = registry.card(name).task
    ours, plain = _ours(name, task, device, folder), _plain(name, task, device, folder)
    answers = list(zip(ours(images), plain(images), strict=True))
    times = summary(in_turns(ours, plain, images, pairs))
    return {
        "model": name,
        "device": device,
        "batch": batch,
        **times,
        "engine_rate": 1000 * batch / times["engine_ms"],
        "plain_rate": 1000 * batch / times["plain_ms"],
        "largest_difference": max(float(np.abs(one - other).max()) for one, other in answers),
    }


def _ours(name: str, task: Task, device: str, folder: Path) -> Answer:
    engine = choose_engine(folder, device)
    if task is Task.SEGMENTATION:
        return lambda images: [engine.segment(name, image).prob_map for image in images]
    return lambda images: [engine.classify(name, image, explain=False).probs for image in images]


def _plain(name: str, task: Task, device: str, folder: Path) -> Answer:
    network, checkpoint = load_model(name, folder)
    network = network.to(device)

    def answer(images: Sequence[np.ndarray]) -> list[np.ndarray]:
        batch = torch.cat([plain_batch(checkpoint.card, image) for image in images]).to(device)
        with torch.no_grad():
            logits = network(batch)
            if task is Task.SEGMENTATION:
                return list(logits[:, 0].sigmoid().cpu().numpy())
            return list(torch.softmax(logits / checkpoint.temperature, dim=1).cpu().numpy())

    return answer
