"""The small x4 enlarger for photographs as phones take them: slightly blurred, noisy and compressed."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.registry import register
from skinapp.models.super_resolver import LightGenerator
from skinapp.models.zoo import light_x4

CARD = replace(
    light_x4.CARD,
    name="light-x4-phone",
    title=marked("Light x4 for phones"),
    data=marked("The photographs of light-x4, made small by blur, varied kernels, sensor noise and JPEG"),
    intended_use=marked(
        "Enlarging a noisy or compressed photograph for a closer look, for research and teaching."
    ),
    limits=(
        marked(
            "Not a medical device. What it adds beyond bicubic is a guess learnt from other photographs, "
            "never evidence. It smooths noise away, and fine structure that looks like noise with it."
        ),
    ),
    recipe=replace(light_x4.CARD.recipe, dataset="hires-phone"),
)


@register(CARD)
def build() -> LightGenerator:
    return LightGenerator()
