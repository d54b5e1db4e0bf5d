"""CLIP's image encoder up to one of its blocks, and a classifier on what its tokens say.

Parameters are named as timm names them, but for ``features.transformer.`` before them.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import torch
from timm.models import VisionTransformer
from torch import nn

from skinapp.models.classifier import Classifier, linear_head, with_deviations

SMALL_VARIANCE = 1e-8  # beside that of any token's channel


class ClipClassifier(Classifier):
    """CLIP's ViT-B/16 (Radford et al. 2021, arXiv 2103.00020) up to a block, and what its tokens say.

    ``read`` counts the blocks behind which tokens are read, the last of them being the last that is there.
    Those of 16 x 16 pixels each are a map, whose mean and `Deviations` are read; the token of the class is
    a map too, see `_TransformerMaps`. What is read differs by orders of magnitude; batch norm evens it out,
    as before a linear layer in He et al. 2022 (arXiv 2111.06377, appendix A.1), and a layer of ``hidden``
    units follows. ``side_px`` is the side whose position embeddings are learnt; for others they are
    interpolated.
    """

    def __init__(self, classes: int, read: Sequence[int], hidden: int, width: int = 768, side_px: int = 224):
        transformer = _TransformerMaps(
            read,
            img_size=side_px,
            dynamic_img_size=True,
            patch_size=16,
            embed_dim=width,
            num_heads=width // 64,
            num_classes=0,
            pre_norm=True,
            final_norm=False,
            norm_layer=partial(nn.LayerNorm, eps=1e-5),
            act_layer="quick_gelu",
        )
        patches = len(read) * width
        trunk = nn.Sequential(OrderedDict(transformer=transformer))
        norm = nn.BatchNorm1d(3 * patches, eps=SMALL_VARIANCE, affine=False)
        hidden_layer = [nn.Dropout(), nn.Linear(3 * patches, hidden), nn.GELU()]
        head = nn.Sequential(norm, *hidden_layer, *linear_head(hidden, classes, dropout=0.5))
        super().__init__(with_deviations(trunk, patches), head)

    def first_stages(self, count: int) -> nn.Module:
        """What makes tokens of a picture, and the first ``count`` - 1 blocks."""
        transformer = self.features.transformer
        embedding = nn.ParameterList([transformer.cls_token, transformer.pos_embed])
        parts = [transformer.patch_embed, transformer.norm_pre, *transformer.blocks[: count - 1]]
        return nn.ModuleList([embedding, *parts])

    def attentions(self, batch: torch.Tensor) -> tuple[torch.Tensor, tuple[int, int]]:
        """Attention of every block, (depth, N, heads, T, T), rows sum to 1, and (h, w) with T = 1 + h * w.

        The class token stands in front.
        """
        passes = self.features.transformer.passes(batch)
        return torch.stack([_attention(block, before) for block, before, _after in passes]), _places(batch)


class _TransformerMaps(VisionTransformer):
    """(N, 3, H, W) to the tokens behind some blocks as maps, (N, 2 R C, H / 16, W / 16).

    First the tokens of places behind each of the R blocks, then the class token behind each. A class token
    is spread over the places by how much it attended to them in its block, the mean over the heads: the mean
    of its map is the token, and class activation maps show what of it comes from where.
    """

    def __init__(self, read: Sequence[int], **settings: Any):
        super().__init__(depth=max(read), **settings)
        self.read = tuple(read)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        places, classes = [], []
        for count, (block, before, after) in enumerate(self.passes(batch), start=1):
            if count in self.read:
                looked = _attention(block, before)[:, :, 0, 1:].mean(dim=1)
                shares = looked / looked.mean(dim=1, keepdim=True)
                places.append(after[:, 1:].transpose(1, 2))
                classes.append(after[:, 0, :, None] * shares[:, None])
        return torch.cat([*places, *classes], dim=1).unflatten(2, _places(batch))

    def passes(self, batch: torch.Tensor) -> Iterator[tuple[nn.Module, torch.Tensor, torch.Tensor]]:
        """Each block with the tokens (N, T, C) before and after it."""
        after = self.norm_pre(self._pos_embed(self.patch_embed(batch)))
        for block in self.blocks:
            before, after = after, block(after)
            yield block, before, after


def _attention(block: nn.Module, tokens: torch.Tensor) -> torch.Tensor:
    """What a block of timm computes on its way and keeps to itself, (N, heads, T, T)."""
    parts = block.attn.qkv(block.norm1(tokens)).unflatten(2, (3, block.attn.num_heads, -1))
    query, key, _value = parts.permute(2, 0, 3, 1, 4)
    return (query @ key.transpose(2, 3) * block.attn.scale).softmax(dim=-1)


def _places(batch: torch.Tensor) -> tuple[int, int]:
    """How many tokens a transformer makes of the sides of a batch of pictures."""
    return batch.shape[2] // 16, batch.shape[3] // 16
