"""A small x4 enlarger for the Analyze page: about 0.3 million parameters, all at the input's resolution."""

from skinapp.i18n import marked
from skinapp.imaging.enlarging import SCALE
from skinapp.models.card import ModelCard, Recipe, Task
from skinapp.models.registry import register
from skinapp.models.super_resolver import LightGenerator

CARD = ModelCard(
    name="light-x4",
    title=marked("Light x4"),
    task=Task.SUPER_RESOLUTION,
    labels=(),
    architecture=marked(
        "12 re-parameterised 3x3 convolutions of 48 channels, one pixel shuffle, added to bicubic"
    ),
    source="This project, after ECBSR (Zhang et al. 2021) and SPAN (Wan et al. 2024); paper D",
    data=marked(
        "ISIC 2017 photographs at 1024 px and ISIC 2018 Task 1 training rows, made small bicubically"
    ),
    licence=marked("CC-0 (both data sets as published)"),
    intended_use=marked(
        "Enlarging a sharp dermoscopic photograph for a closer look, for research and teaching."
    ),
    limits=(
        marked(
            "Not a medical device. What it adds beyond bicubic is a guess learnt from other photographs, "
            "never evidence. Trained on sharp input; blur, noise and compression are enlarged as they are."
        ),
    ),
    recipe=Recipe(
        dataset="hires-clean",
        loss="l1",
        stages=((18, 128),),
        batch_size=16,
        learning_rate=1e-3,
        weight_decay=0.0,
        ema_decay=0.995,
    ),
    input_px=32,
    mean=(0.0, 0.0, 0.0),
    std=(1.0, 1.0, 1.0),
    scale=SCALE,
    context_px=16,
    encoder="",
)


@register(CARD)
def build() -> LightGenerator:
    return LightGenerator()
