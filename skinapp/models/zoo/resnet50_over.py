"""ResNet-50 on evened out classes, every class drawn as often as any other: paper B."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.card import Sampling
from skinapp.models.classifier import ResNet50Classifier
from skinapp.models.registry import register
from skinapp.models.zoo import resnet50_ham7

CARD = replace(
    resnet50_ham7.CARD,
    name="resnet50-over",
    title=marked("ResNet-50, oversampled"),
    architecture=marked("ResNet-50, dropout 0.5 and one linear layer on the pooled features"),
    source="He et al. 2016 (arXiv 1512.03385); paper B",
    data=marked(
        "HAM10000 training rows, split by lesion, every class drawn as often as any other; from nothing, "
        "with the answers and feature maps of mobilenetv2-ham7, which had started from ImageNet weights"
    ),
    encoder="resnet50",
    recipe=replace(resnet50_ham7.CARD.recipe, sampling=Sampling.OVER, priors=True),
    input_px=160,
    recipe_only=False,
    bits=8,
)


@register(CARD)
def build() -> ResNet50Classifier:
    return ResNet50Classifier(classes=len(CARD.labels))
