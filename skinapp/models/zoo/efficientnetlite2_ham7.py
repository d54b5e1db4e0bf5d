"""EfficientNet-Lite2 on the seven classes of HAM10000."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.classifier import EfficientNetLiteClassifier
from skinapp.models.registry import register
from skinapp.models.zoo import mobilenetv2_ham7

CARD = replace(
    mobilenetv2_ham7.CARD,
    name="efficientnetlite2-ham7",
    title="EfficientNet-Lite2",
    architecture=marked(
        "EfficientNet-Lite2 up to its stages; dropout 0.3 and one linear layer on mean and "
        "deviation of the maps of the last two"
    ),
    source="Tan & Le 2019 (arXiv 1905.11946), Liu 2020; the task of paper E",
    data=marked(
        "HAM10000 training rows, split by lesion; from ImageNet weights, later with its own answers and "
        "those of mobilenetv2-ham7"
    ),
    encoder="timm-tf_efficientnet_lite2",
    bits=8,
    recipe=replace(mobilenetv2_ham7.CARD.recipe, stages=((2, 192), (4, 224), (3, 256)), mixing=0.5),
    input_px=256,
)


@register(CARD)
def build() -> EfficientNetLiteClassifier:
    return EfficientNetLiteClassifier(classes=len(CARD.labels), scale=2)
