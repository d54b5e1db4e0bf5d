"""U-Net with spatial attention, paper A."""

from dataclasses import replace

from skinapp.models.registry import register
from skinapp.models.segmenter import AttentionUnet
from skinapp.models.zoo import unet

CARD = replace(
    unet.CARD,
    name="unet-attention",
    title="U-Net + spatial attention",
    architecture=unet.CARD.architecture + "; a spatial gate after each encoder stage and decoder block",
    source="Thwin and Park, spatial attention segmentation (paper A)",
    twin="unet",
    has_gates=True,
)


@register(CARD)
def build() -> AttentionUnet:
    return AttentionUnet(unet.network())
