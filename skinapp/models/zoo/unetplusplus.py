"""U-Net++, the segmenter of paper E."""

from dataclasses import replace

import segmentation_models_pytorch as smp

from skinapp.i18n import marked
from skinapp.models.registry import register
from skinapp.models.segmenter import Segmenter
from skinapp.models.zoo import unet

RECIPE = replace(unet.RECIPE, loss="dice-squared")

CARD = replace(
    unet.CARD,
    name="unetplusplus",
    title="U-Net++",
    architecture=marked("U-Net++, MobileNetV2 encoder, decoder of 128, 64, 48, 32 and 16 channels"),
    source="Zhou et al. 2018 (arXiv 1807.10165); segmenter of paper E",
    recipe=RECIPE,
    bits=8,
)


@register(CARD)
def build() -> Segmenter:
    return Segmenter(
        smp.UnetPlusPlus("mobilenet_v2", encoder_weights=None, decoder_channels=unet.DECODER_CHANNELS)
    )
