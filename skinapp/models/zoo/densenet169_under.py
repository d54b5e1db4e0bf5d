"""DenseNet-169 on evened out classes, no class larger than the rarest: paper B."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.card import Sampling
from skinapp.models.classifier import DenseNet169Classifier
from skinapp.models.registry import register
from skinapp.models.zoo import resnet50_ham7

CARD = replace(
    resnet50_ham7.CARD,
    name="densenet169-under",
    title=marked("DenseNet-169, undersampled"),
    architecture=marked("DenseNet-169, dropout 0.5 and one linear layer on the pooled features"),
    source="Huang et al. 2017 (arXiv 1608.06993); paper B",
    data=marked(
        "HAM10000 training rows, split by lesion, as many of every class as of the rarest; from nothing, "
        "first on all of them, with the answers and feature maps of mobilenetv2-ham7, which had started from "
        "ImageNet weights"
    ),
    encoder="densenet169",
    bits=8,
    recipe=replace(
        resnet50_ham7.CARD.recipe,
        stages=((300, 128), (300, 160), (100, 224)),
        patience=700,
        sampling=Sampling.UNDER,
        priors=True,
    ),
    input_px=128,
    recipe_only=False,
)


@register(CARD)
def build() -> DenseNet169Classifier:
    return DenseNet169Classifier(classes=len(CARD.labels))
