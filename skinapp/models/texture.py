"""What kind of picture a classifier's middle feature maps see: skin at all, and through a dermatoscope?

The last map of a classifier tells its classes apart, so anything looks like one of them there. Maps from the
middle of the trunk still know what edges, grain and light a picture has. What they see is summed up by mean
and deviation of each channel over the picture, as styles are (Huang & Belongie 2017, arXiv 1703.06868, eq. 5
and 6): a texture, (T,). What is fitted lies in ``weights/NAME.gate.safetensors``.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load as load_safetensors
from safetensors.numpy import save as save_safetensors

from skinapp.models.weights import home_of, verified_bytes, write_atomically

RIDGE = 0.1  # of the mean variance of a channel
_NO_SCALE = 1e-6  # a channel that never changes tells nothing


@dataclass(frozen=True, eq=False)
class TextureSpace:
    """Where the textures of photographs of skin lie.

    Textures are brought to ``mean`` 0 and ``scale`` 1, each (T,). ``axes`` (T, D) are orthonormal: along them
    such photographs differ most. ``phone`` (T,) is the direction in which those without a dermatoscope differ
    from those through one; None where there were none to learn it from.
    """

    mean: np.ndarray
    scale: np.ndarray
    axes: np.ndarray
    phone: np.ndarray | None = None

    def strangeness(self, textures: np.ndarray) -> np.ndarray:
        """The length (M,) of what the axes leave over of textures (M, T).

        Photographs of skin vary along the axes; a picture of something else varies otherwise too.
        """
        known = self._standardised(textures)
        return np.linalg.norm(known - (known @ self.axes) @ self.axes.T, axis=1)

    def phone_scores(self, textures: np.ndarray) -> np.ndarray:
        """How much textures (M, T) are like those of photographs without a dermatoscope, (M,)."""
        if self.phone is None:
            raise ValueError("this space knows no photographs without a dermatoscope")
        return self._standardised(textures) @ self.phone

    def _standardised(self, textures: np.ndarray) -> np.ndarray:
        return (textures - self.mean) / self.scale


def texture_of(maps: Sequence[torch.Tensor]) -> np.ndarray:
    """Of maps (1, C, h, w): the means of all channels, then their deviations, map by map, float32 (T,)."""
    moments = [moment for one in maps for moment in _moments(one[0].float().flatten(1))]
    return torch.cat(moments).cpu().numpy()


def fit_textures(dermoscopy: np.ndarray, phone: np.ndarray | None, dimensions: int) -> TextureSpace:
    """The space of textures of dermoscopy (N, T) and of phones (M, T), with ``dimensions`` axes.

    Both kinds of skin weigh the same in it, however many photographs there are of each. The direction of
    phones is Fisher's linear discriminant, S^-1 (mean of phones - mean of dermoscopy), with S the mean of
    both covariances plus a tenth of its mean variance on the diagonal.
    """
    kinds = [np.asarray(one, np.float64) for one in (dermoscopy, phone) if one is not None]
    means, spreads = [one.mean(axis=0) for one in kinds], [np.cov(one, rowvar=False) for one in kinds]
    mean, within = np.mean(means, axis=0), np.mean(spreads, axis=0)
    whole = within + np.mean([np.outer(one - mean, one - mean) for one in means], axis=0)
    scale = np.sqrt(np.diag(whole)).clip(_NO_SCALE)
    scales = np.outer(scale, scale)
    _variances, axes = np.linalg.eigh(whole / scales)
    return TextureSpace(
        mean.astype(np.float32),
        scale.astype(np.float32),
        axes[:, ::-1][:, :dimensions].astype(np.float32),
        None if phone is None else _discriminant(within / scales, (means[1] - means[0]) / scale),
    )


def save_textures(space: TextureSpace, name: str, folder: Path) -> dict[str, Any]:
    """Write the space of a model; returns what its record has to know."""
    tensors = {key: np.ascontiguousarray(one) for key, one in asdict(space).items() if one is not None}
    data = save_safetensors(tensors)
    write_atomically(textures_path(name, folder), data)
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def load_textures(name: str, folder: Path, record: dict[str, Any]) -> TextureSpace:
    """The space that belongs to a model's record of its gate.

    Raises `WeightsError` where the file is missing or is not the recorded one.
    """
    return TextureSpace(**load_safetensors(verified_bytes(textures_path(name, folder), record["sha256"])))


def textures_path(name: str, folder: Path) -> Path:
    """The safetensors file of a model's space of textures."""
    return home_of(name, folder) / f"{name}.gate.safetensors"


def _moments(channels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and deviation of (C, pixels), each (C,)."""
    return channels.mean(dim=1), channels.std(dim=1, correction=0)


def _discriminant(spread: np.ndarray, way: np.ndarray) -> np.ndarray:
    ridge = RIDGE * np.trace(spread) / len(spread) * np.eye(len(spread))
    return np.linalg.solve(spread + ridge, way).astype(np.float32)
