"""SRGAN, paper D: the generator trained against a discriminator."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.registry import register
from skinapp.models.super_resolver import SRGANGenerator
from skinapp.models.zoo import srresnet_x4

CARD = replace(
    srresnet_x4.CARD,
    name="srgan-x4",
    title="SRGAN x4",
    source="Ledig et al. 2017 (arXiv 1609.04802); paper D",
    limits=(
        *srresnet_x4.CARD.limits,
        marked(
            "Adversarial training makes it draw sharper texture than the input supports, so it invents more."
        ),
    ),
    recipe=replace(
        srresnet_x4.CARD.recipe,
        loss="content-adversarial",
        stages=((1, 96),),
        learning_rate=1e-4,
        warmup_share=0.0,
    ),
)


@register(CARD)
def build() -> SRGANGenerator:
    return SRGANGenerator()
