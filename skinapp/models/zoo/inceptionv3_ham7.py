"""Inception-v3 on the seven classes of HAM10000, the classifier of paper E."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.classifier import InceptionV3Classifier
from skinapp.models.registry import register
from skinapp.models.zoo import resnet50_ham7

CARD = replace(
    resnet50_ham7.CARD,
    name="inceptionv3-ham7",
    title="Inception-v3",
    architecture=marked(
        "Inception-v3 without its second output, dropout 0.5 and one linear layer on the pooled features"
    ),
    source="Szegedy et al. 2016 (arXiv 1512.00567); paper E",
    data=marked(
        "HAM10000 training rows, split by lesion; from nothing, with the answers and feature maps of "
        "mobilenetv2-ham7, which had started from ImageNet weights; last with every class drawn as often as "
        "any other"
    ),
    encoder="inception_v3",
    mean=(0.5, 0.5, 0.5),
    std=(0.5, 0.5, 0.5),
    input_px=144,
    recipe_only=False,
    bits=8,
)


@register(CARD)
def build() -> InceptionV3Classifier:
    return InceptionV3Classifier(classes=len(CARD.labels))
