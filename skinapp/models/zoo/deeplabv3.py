"""DeepLabV3, the second baseline of paper A."""

from dataclasses import replace

import segmentation_models_pytorch as smp

from skinapp.i18n import marked
from skinapp.models.registry import register
from skinapp.models.segmenter import Segmenter
from skinapp.models.zoo import unet

CARD = replace(
    unet.CARD,
    name="deeplabv3",
    title="DeepLabV3",
    architecture=marked(
        "DeepLabV3, MobileNetV2 encoder at stride 16, separable ASPP (128 channels; 6, 12, 18)"
    ),
    source="Chen et al. 2017 (arXiv 1706.05587); baseline of Thwin and Park (paper A)",
    bits=8,
)


def network() -> smp.DeepLabV3:
    """The network that the baseline and its attention twin share."""
    return smp.DeepLabV3(
        "mobilenet_v2",
        encoder_weights=None,
        encoder_output_stride=16,
        decoder_channels=128,
        decoder_atrous_rates=(6, 12, 18),
        decoder_aspp_separable=True,
    )


@register(CARD)
def build() -> Segmenter:
    return Segmenter(network())
