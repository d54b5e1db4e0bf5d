"""MobileNetV2 on the seven classes of HAM10000, the default classifier."""

from skinapp.i18n import marked
from skinapp.labels import HAM7_CODES
from skinapp.models.card import ModelCard, Recipe, Task
from skinapp.models.classifier import MobileNetV2Classifier
from skinapp.models.registry import register

CARD = ModelCard(
    name="mobilenetv2-ham7",
    title="MobileNetV2",
    task=Task.CLASSIFICATION,
    labels=HAM7_CODES,
    architecture=marked(
        "MobileNetV2 up to its bottlenecks; one linear layer on mean and deviation of the maps of "
        "the last two"
    ),
    source="Sandler et al. 2018 (arXiv 1801.04381); the task of paper E",
    data=marked(
        "HAM10000 training rows, split by lesion; from ImageNet weights, later with its own answers and "
        "those of efficientnetlite2-ham7"
    ),
    licence=marked("CC BY-NC 4.0 (trained on HAM10000)"),
    intended_use=marked(
        "Naming one of seven pigmented lesion classes on a dermoscopic photograph, for research and teaching."
    ),
    limits=(
        marked(
            "Not a medical device. Knows seven classes only and may take any other lesion for one of them; "
            "trained on mostly light skin and on lesions that somebody chose to photograph."
        ),
    ),
    recipe=Recipe(
        dataset="ham10000",
        loss="weighted-cross-entropy",
        stages=((6, 192), (2, 224)),
        batch_size=32,
        learning_rate=6e-4,
        ema_decay=0.997,
    ),
    input_px=256,
)


@register(CARD)
def build() -> MobileNetV2Classifier:
    return MobileNetV2Classifier(classes=len(CARD.labels))
