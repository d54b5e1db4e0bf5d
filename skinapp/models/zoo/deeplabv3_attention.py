"""DeepLabV3 with spatial attention, paper A."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.registry import register
from skinapp.models.segmenter import AttentionDeepLabV3
from skinapp.models.zoo import deeplabv3

CARD = replace(
    deeplabv3.CARD,
    name="deeplabv3-attention",
    title=marked("DeepLabV3 + spatial attention"),
    architecture=marked(
        "DeepLabV3, MobileNetV2 encoder at stride 16, separable ASPP (128 channels; 6, 12, 18); a spatial "
        "gate on the encoder's output and on the ASPP output"
    ),
    source="Thwin and Park, spatial attention segmentation (paper A)",
    twin="deeplabv3",
    has_gates=True,
)


@register(CARD)
def build() -> AttentionDeepLabV3:
    return AttentionDeepLabV3(deeplabv3.network())
