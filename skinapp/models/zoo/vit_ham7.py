"""A vision transformer on the seven classes of HAM10000, what paper E leaves as future work."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.card import Recipe
from skinapp.models.registry import register
from skinapp.models.vit import HybridViT
from skinapp.models.zoo import mobilenetv2_ham7

CARD = replace(
    mobilenetv2_ham7.CARD,
    name="vit-ham7",
    title=marked("ViT on MobileNetV2"),
    architecture=marked(
        "The first 14 stages of MobileNetV2 make one token of each 16 x 16 pixels; 6 transformer "
        "blocks of 192 channels with 3 heads; one linear layer on the mean of the tokens"
    ),
    source="Dosovitskiy et al. 2021 (arXiv 2010.11929), hybrid of section 3.1; future work of paper E",
    data=marked(
        "HAM10000 training rows, split by lesion; the stem starts from mobilenetv2-ham7, which also teaches"
    ),
    recipe=Recipe(
        dataset="ham10000",
        loss="weighted-cross-entropy",
        stages=((12, 160),),
        batch_size=32,
        learning_rate=5e-4,
        weight_decay=0.05,
        ema_decay=0.997,
        patience=5,
        mixing=0.3,
        distillation=0.5,
        frozen=7,
    ),
    input_px=160,
    has_attention=True,
)


@register(CARD)
def build() -> HybridViT:
    return HybridViT(classes=len(CARD.labels), side_px=CARD.input_px)
