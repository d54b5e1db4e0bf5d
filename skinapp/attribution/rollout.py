"""Attention rollout: how much of each place reaches the answer of a transformer, whatever the class."""

import torch


def attention_rollout(attentions: torch.Tensor, places: int) -> torch.Tensor:
    """The share of each place in the mean of the last block's places: float32 (places,), at least 0.

    ``attentions`` (L, heads, T, T) are of one image, each row sums to 1; the last ``places`` tokens are of
    the picture. The shares sum to 1, less what came from tokens in front of them, as of a class. The mean
    over the heads is halved with the identity, which stands for the way around the attention, and the blocks
    are multiplied (Abnar and Zuidema 2020, arXiv 2005.00928, sec. 3). The row of a class token, which a
    network may read too, is left out.
    """
    if attentions.ndim != 4 or attentions.shape[2] != attentions.shape[3]:
        raise ValueError(f"expected attention (L, heads, T, T), got {tuple(attentions.shape)}")
    mixed = attentions.detach().float().mean(dim=1)
    identity = torch.eye(mixed.shape[-1], device=mixed.device)
    rolled = identity
    for block in (mixed + identity) / 2:
        rolled = block @ rolled
    return rolled[-places:, -places:].mean(dim=0)
