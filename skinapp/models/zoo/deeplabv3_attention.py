"""DeepLabV3 with spatial attention, paper A."""

from dataclasses import replace

from skinapp.models.registry import register
from skinapp.models.segmenter import AttentionDeepLabV3
from skinapp.models.zoo import deeplabv3

CARD = replace(
    deeplabv3.CARD,
    name="deeplabv3-attention",
    title="DeepLabV3 + spatial attention",
    architecture=deeplabv3.CARD.architecture
    + "; a spatial gate on the encoder's output and on the ASPP output",
    source="Thwin and Park, spatial attention segmentation (paper A)",
    twin="deeplabv3",
    has_gates=True,
)


@register(CARD)
def build() -> AttentionDeepLabV3:
    return AttentionDeepLabV3(deeplabv3.network())
