"""Swin2SR (Conde et al. 2022, arXiv 2209.11345) as Transformers implements it, called as our own are.

Transformers is imported when a network is built, not before: that takes seconds.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from skinapp.imaging.enlarging import SCALE


class Swin2SREnlarger(nn.Module):
    """(N, 3, h, w) RGB in [0, 1] to (N, 3, 4h, 4w), values not clipped; sides of at least 8 px.

    ``changes`` are arguments of ``Swin2SRConfig``; without any it is the x4 network of the paper.
    """

    def __init__(self, **changes: Any):
        from transformers import Swin2SRConfig, Swin2SRForImageSuperResolution

        super().__init__()
        self.network = Swin2SRForImageSuperResolution(Swin2SRConfig(upscale=SCALE, **changes))

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        height, width = batch.shape[2:]
        window = self.network.config.window_size  # Transformers' network takes whole windows alone
        padding = (0, -width % window, 0, -height % window)
        enlarged = self.network(F.pad(batch, padding, mode="reflect")).reconstruction
        return enlarged[..., : SCALE * height, : SCALE * width]

    def fetch(self, source: str, revision: str, cache_dir: str) -> str | None:
        """Take the weights that a hub, or a folder, holds under ``source``; returns their commit, if known.

        Safetensors only, and no code of the source is run. Raises `OSError` where there is nothing to take,
        and `RuntimeError` where it is another network.
        """
        fetched, told = type(self.network).from_pretrained(
            source,
            revision=revision,
            cache_dir=cache_dir,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
        if told["missing_keys"] or told["mismatched_keys"]:  # Transformers leaves these tensors at random
            raise RuntimeError(f"the files of {source} do not hold the whole network")
        self.network.load_state_dict(fetched.state_dict(), strict=True)
        return getattr(fetched.config, "_commit_hash", None)
