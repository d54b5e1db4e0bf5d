"""A small vision transformer on a convolutional stem (Dosovitskiy et al. 2021, arXiv 2010.11929, sec. 3.1).

The blocks are those of Transformers, which is imported when a network is built, not before: that takes
seconds. There is no class token: the mean over the patches is read, as in Zhai et al. 2022 (arXiv
2106.04560, sec. 3.2).
"""

import torch
import torch.nn.functional as F
import torchvision
from torch import nn

STRIDE = 16  # of the stem
STEM_STAGES, STEM_CHANNELS = 14, 96  # MobileNetV2 up to where it goes on at a 32nd of the side


class HybridViT(nn.Module):
    """(N, 3, H, W) normalised RGB to (N, K) logits; H and W are multiples of 16.

    The first stages of MobileNetV2 make a token of each 16 x 16 pixels, ``depth`` transformer blocks of
    ``width`` channels with heads of 64 follow. The stem's parameters are named as torchvision names them.
    ``side_px`` is the side whose position embeddings are learnt; for others they are interpolated.
    """

    def __init__(self, classes: int, side_px: int, width: int = 192, depth: int = 6, dropout: float = 0.1):
        from transformers import ViTConfig, ViTModel

        super().__init__()
        config = ViTConfig(
            hidden_size=width,
            num_hidden_layers=depth,
            num_attention_heads=max(1, width // 64),
            intermediate_size=4 * width,
            hidden_dropout_prob=dropout,
            image_size=STRIDE,
            attn_implementation="eager",  # the only one that hands out the attention itself
        )
        transformer = ViTModel(config, add_pooling_layer=False)
        self.features = torchvision.models.mobilenet_v2(weights=None).features[:STEM_STAGES]
        self.projection = nn.Conv2d(STEM_CHANNELS, width, 1)
        self.position = nn.Parameter(torch.empty(1, width, side_px // STRIDE, side_px // STRIDE))
        nn.init.trunc_normal_(self.position, std=0.02)
        self.blocks = transformer.layers
        self.norm = transformer.layernorm
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, classes)

    def first_stages(self, count: int) -> nn.Module:
        """The first parts of the stem, to stay as they start in training."""
        return self.features[:count]

    def encode(self, batch: torch.Tensor) -> torch.Tensor:
        """What enters the last block, (N, C, h, w): the usual place for Grad-CAM of a transformer."""
        tokens, size = self._tokens(batch)
        for block in self.blocks[:-1]:
            tokens = block(tokens)
        return _as_map(tokens, size)

    def pool(self, features: torch.Tensor) -> torch.Tensor:
        """The mean of the last block's normalised tokens, (N, C)."""
        return self.norm(self.blocks[-1](_as_tokens(features))).mean(dim=1)

    def decode(self, features: torch.Tensor) -> torch.Tensor:
        """Logits from what enters the last block."""
        return self.head(self.dropout(self.pool(features)))

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return self.decode(self.encode(batch))

    def attentions(self, batch: torch.Tensor) -> tuple[torch.Tensor, tuple[int, int]]:
        """Attention of every block, (depth, N, heads, T, T), rows sum to 1, and (h, w) with T = h * w."""
        tokens, size = self._tokens(batch)
        known = []
        for block in self.blocks:
            known.append(block.attention(block.layernorm_before(tokens))[1])
            tokens = block(tokens)
        return torch.stack(known), size

    def _tokens(self, batch: torch.Tensor) -> tuple[torch.Tensor, tuple[int, int]]:
        grid = self.projection(self.features(batch))
        position = self.position
        if position.shape[2:] != grid.shape[2:]:
            position = F.interpolate(position, grid.shape[2:], mode="bicubic", align_corners=False)
        return _as_tokens(grid + position), (grid.shape[2], grid.shape[3])


def _as_tokens(grid: torch.Tensor) -> torch.Tensor:
    return grid.flatten(2).transpose(1, 2)


def _as_map(tokens: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    return tokens.transpose(1, 2).unflatten(2, size)
