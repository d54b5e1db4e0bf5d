"""ResNet-50 on the seven classes of HAM10000, which paper E compares with."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.card import Recipe
from skinapp.models.classifier import ResNet50Classifier
from skinapp.models.feature_distance import IMAGENET_MEAN, IMAGENET_STD
from skinapp.models.registry import register
from skinapp.models.zoo import mobilenetv2_ham7

CARD = replace(
    mobilenetv2_ham7.CARD,
    name="resnet50-ham7",
    title="ResNet-50",
    architecture=marked("ResNet-50, dropout 0.5 and one linear layer on the pooled features"),
    source="He et al. 2016 (arXiv 1512.03385); a comparison of paper E",
    data=marked("HAM10000 training rows, split by lesion"),
    recipe=Recipe(
        dataset="ham10000",
        loss="weighted-cross-entropy",
        stages=((30, 128), (30, 160), (10, 224)),
        batch_size=64,
        learning_rate=1e-3,
        weight_decay=0.05,
        ema_decay=0.998,
        patience=70,
        mixing=0.5,
    ),
    input_px=224,
    mean=IMAGENET_MEAN,
    std=IMAGENET_STD,
    encoder="resnet50",
    recipe_only=True,
)


@register(CARD)
def build() -> ResNet50Classifier:
    return ResNet50Classifier(classes=len(CARD.labels))
