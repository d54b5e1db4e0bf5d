"""Benign against malignant by paper C's network: ResNet-50 cut short, and a small VGG behind it."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.labels import BINARY_CODES
from skinapp.models.card import Recipe
from skinapp.models.classifier import SmartphoneClassifier
from skinapp.models.registry import register
from skinapp.models.zoo import resnet50_ham7

CARD = replace(
    resnet50_ham7.CARD,
    name="resnet50-vgg-binary",
    title=marked("ResNet-50 + VGG, two classes"),
    labels=BINARY_CODES,
    architecture=marked(
        "ResNet-50 up to its fourth stage, four 3x3 convolutions, 6,272 numbers to 512 with tanh to "
        "2; CLAHE before"
    ),
    source="Paper C",
    data=marked(
        "HAM10000 training rows, split by lesion: mel, bcc and akiec against nv, bkl, df and vasc; its "
        "first stages from resnet50-over, trained on the same; mobilenetv2-ham7 as teacher"
    ),
    intended_use=marked(
        "Telling benign from malignant or pre-malignant lesions on a dermoscopic photograph, for "
        "research and teaching."
    ),
    limits=(
        marked(
            "Not a medical device. A malignant lesion weighed ten times a benign one in its training: its "
            "percentages are levels of alarm, not frequencies. Trained on mostly light skin and on lesions "
            "that somebody chose to photograph."
        ),
    ),
    recipe=Recipe(
        dataset="ham10000",
        loss="malignant-cross-entropy",
        stages=((6, 224),),
        batch_size=32,
        learning_rate=5e-4,
        weight_decay=0.05,
        ema_decay=0.995,
        patience=20,
        mixing=0.2,
        distillation=0.7,
        frozen=6,
        malignant_weight=10.0,
    ),
    input_px=224,
    cleaning=("clahe",),
    bits=8,
    recipe_only=False,
)


@register(CARD)
def build() -> SmartphoneClassifier:
    return SmartphoneClassifier(classes=len(CARD.labels))
