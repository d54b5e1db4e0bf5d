"""U-Net with spatial attention, paper A."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.registry import register
from skinapp.models.segmenter import AttentionUnet
from skinapp.models.zoo import unet

CARD = replace(
    unet.CARD,
    name="unet-attention",
    title=marked("U-Net + spatial attention"),
    architecture=marked(
        "U-Net, MobileNetV2 encoder, decoder of 128, 64, 48, 32 and 16 channels; a spatial gate after each "
        "encoder stage and decoder block"
    ),
    source="Thwin and Park, spatial attention segmentation (paper A)",
    twin="unet",
    has_gates=True,
)


@register(CARD)
def build() -> AttentionUnet:
    return AttentionUnet(unet.network())
