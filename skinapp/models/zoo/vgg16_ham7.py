"""VGG-16 on the seven classes of HAM10000, which paper E compares with."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.classifier import VGG16Classifier
from skinapp.models.registry import register
from skinapp.models.zoo import resnet50_ham7

CARD = replace(
    resnet50_ham7.CARD,
    name="vgg16-ham7",
    title="VGG-16",
    architecture=marked("VGG-16 with batch norm, dropout 0.5 and one linear layer on the pooled features"),
    source="Simonyan & Zisserman 2015 (arXiv 1409.1556); a comparison of paper E",
    encoder="vgg16_bn",
)


@register(CARD)
def build() -> VGG16Classifier:
    return VGG16Classifier(classes=len(CARD.labels))
