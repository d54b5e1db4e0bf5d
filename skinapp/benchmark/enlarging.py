"""How fast a crop is enlarged: the engine beside the network as it was trained, in turns."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from skinapp.benchmark.pairs import in_turns, summary
from skinapp.benchmark.ways import photograph
from skinapp.engine.torch_engine import TorchEngine
from skinapp.models.weights import load_model

Enlarge = Callable[[np.ndarray], np.ndarray]


def enlarging_speed(
    name: str, device: str, folder: Path, side_px: int, warm_ups: int, repetitions: int
) -> dict[str, Any]:
    """Medians in ms for a crop of ``side_px`` squared, the ratio plain / engine over the pairs, and the
    largest difference of any pixel in grey levels."""
    image, engine, plain = (
        photograph(side_px, side_px),
        _engine(name, device, folder),
        _plain(name, device, folder),
    )
    for _warm_up in range(warm_ups):
        ours, theirs = engine(image).astype(int), plain(image)
    return {
        "model": name,
        "device": device,
        "side_px": side_px,
        **summary(in_turns(engine, plain, image, repetitions)),
        "largest_difference": int(np.abs(ours - theirs).max()),
    }


def _engine(name: str, device: str, folder: Path) -> Enlarge:
    engine = TorchEngine(folder, device)
    return lambda image: engine.enlarge(name, image).image


def _plain(name: str, device: str, folder: Path) -> Enlarge:
    network, _checkpoint = load_model(name, folder)
    network = network.to(device)

    def enlarge(image: np.ndarray) -> np.ndarray:
        batch = torch.from_numpy(image.transpose(2, 0, 1).astype(np.float32) / 255)[None].to(device)
        with torch.no_grad():
            enlarged = network(batch)[0].clamp(0, 1).mul(255).round()
        return enlarged.permute(1, 2, 0).byte().cpu().numpy()

    return enlarge
