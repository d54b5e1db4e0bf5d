"""SRResNet: the generator of paper D trained for pixels alone."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.registry import register
from skinapp.models.super_resolver import SRGANGenerator
from skinapp.models.zoo import light_x4

CARD = replace(
    light_x4.CARD,
    name="srresnet-x4",
    title="SRResNet x4",
    architecture=marked(
        "16 residual blocks of 64 channels with batch norm and PReLU, two x2 pixel shuffles, added to bicubic"
    ),
    source="Ledig et al. 2017 (arXiv 1609.04802); the generator of paper D before its adversarial training",
    recipe=replace(light_x4.CARD.recipe, stages=((8, 96),), batch_size=8, learning_rate=4e-4),
    input_px=24,
    context_px=40,
)


@register(CARD)
def build() -> SRGANGenerator:
    return SRGANGenerator()
