"""The first half of CLIP's ViT-B/16 on the seven classes of HAM10000."""

from dataclasses import replace

from skinapp.models.classifier import ClipClassifier
from skinapp.models.registry import register
from skinapp.models.zoo import mobilenetv2_ham7

CARD = replace(
    mobilenetv2_ham7.CARD,
    name="clipvit-ham7",
    title="CLIP ViT-B/16, first half",
    architecture="The first 6 of the 12 blocks of CLIP's ViT-B/16; one linear layer on mean and deviation of "
    "their tokens",
    source="Radford et al. 2021 (arXiv 2103.00020); the task of paper E",
    data="HAM10000 training rows, split by lesion; from the image encoder of CLIP, which had learnt from 400 "
    "million captioned pictures of the internet",
    limits=mobilenetv2_ham7.CARD.limits
    + " Which pictures CLIP had learnt from is not published; photographs of HAM10000 may be among them.",
    encoder="vit_base_patch16_clip_quickgelu_224.openai",
    mean=(0.48145466, 0.4578275, 0.40821073),
    std=(0.26862954, 0.26130258, 0.27577711),
    input_px=224,
    eight_bits=True,
    recipe_only=True,
    has_attention=True,
    recipe=replace(
        mobilenetv2_ham7.CARD.recipe,
        loss="cross-entropy",
        stages=((2, 192), (6, 224)),
        learning_rate=3e-5,
        ema_decay=0.99,
        mixing=0.5,
        evening=0.5,
    ),
)


@register(CARD)
def build() -> ClipClassifier:
    return ClipClassifier(classes=len(CARD.labels), depth=6)
