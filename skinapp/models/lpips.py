"""LPIPS (Zhang et al. 2018, arXiv 1801.03924), version 0.1 with AlexNet: fitted to what people see.

Its weights are those of torchvision's AlexNet, which torchvision downloads, and 1,152 more that TorchMetrics
ships under the authors' licence (BSD-2-Clause). They are no part of this project: `install_lpips` fetches
them into the cache folder once, and without them LPIPS is not measured. Nothing else may be called so.
"""

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from safetensors.torch import save as save_safetensors
from torch import nn
from torchvision import models

from skinapp.errors import WeightsError
from skinapp.i18n import gettext as _
from skinapp.models.feature_distance import FeatureDistance
from skinapp.models.weights import read_verified, write_atomically

WEIGHTS, RECORD = "lpips.safetensors", "lpips.json"
TAPS = (1, 4, 7, 9, 11)  # the five ReLUs of AlexNet
CHANNELS = (64, 192, 384, 256, 256)


class Lpips(FeatureDistance):
    """The sum over the taps of the weighted squared differences of unit-length features, averaged over places
    (equation 1); images (N, 3, H, W) RGB in [0, 1], sides of at least 63 px."""

    def __init__(self):
        super().__init__(_alexnet_trunk(), TAPS)
        self.weights = nn.ParameterList(torch.ones(channels) for channels in CHANNELS).requires_grad_(False)

    def forward(self, images: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """One distance for each pair, (N,)."""
        pairs = zip(self.weights, self._squares(images, targets), strict=True)
        return sum(torch.einsum("c,nchw->nhw", weight, square).mean((1, 2)) for weight, square in pairs)


def install_lpips(folder: Path) -> Path:
    """Fetch the weights and keep them in ``folder`` with their SHA-256; returns the file.

    Raises `WeightsError` where they cannot be downloaded or TorchMetrics is not installed.
    """
    distance = Lpips()
    linear = torch.load(_linear_path(), map_location="cpu", weights_only=True)
    for tap, weight in enumerate(distance.weights):
        weight.copy_(linear[f"lin{tap}.model.1.weight"].flatten())
    features = {key: tensor for key, tensor in _alexnet().items() if key.startswith("features.")}
    kept = {key.replace("features", "trunk"): tensor for key, tensor in features.items()}
    distance.load_state_dict(distance.state_dict() | kept)
    data = save_safetensors({key: tensor.contiguous() for key, tensor in distance.state_dict().items()})
    record = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    write_atomically(folder / WEIGHTS, data)
    write_atomically(folder / RECORD, json.dumps(record).encode())
    return folder / WEIGHTS


def installed_lpips(folder: Path) -> Lpips | None:
    """LPIPS from ``folder``; None where it was not installed, `WeightsError` where its file is damaged."""
    if not (folder / WEIGHTS).is_file() or not (folder / RECORD).is_file():
        return None
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    distance = Lpips()
    distance.load_state_dict(read_verified(folder / WEIGHTS, record["sha256"]))
    return distance.requires_grad_(False)


def _alexnet_trunk() -> nn.Sequential:
    """The convolutions of torchvision's AlexNet, with its numbering."""
    return nn.Sequential(
        *(nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(192, 384, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(384, 256, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(256, 256, 3, padding=1), nn.ReLU()),
    )


def _alexnet() -> dict[str, torch.Tensor]:
    try:
        with TemporaryDirectory() as place:
            return models.AlexNet_Weights.IMAGENET1K_V1.get_state_dict(model_dir=place, check_hash=True)
    except OSError as error:
        raise WeightsError(
            _("The weights of AlexNet cannot be downloaded, and LPIPS needs them."),
            _("Connect to the internet and try again. Everything else works without them."),
        ) from error


def _linear_path() -> Path:
    package = find_spec("torchmetrics")
    if package is None:
        raise WeightsError(
            _("LPIPS needs weights that TorchMetrics ships, which is not installed."),
            _("Install it with: pip install torchmetrics"),
        )
    return Path(package.origin).parent / "functional" / "image" / "lpips_models" / "alex.pth"
