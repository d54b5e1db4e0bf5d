"""What CLIP's ViT-B/16 sees, on the seven classes of HAM10000."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.clip import ClipClassifier
from skinapp.models.registry import register
from skinapp.models.zoo import mobilenetv2_ham7

READ = (4, 6, 7)  # behind which blocks
HIDDEN = 768

CARD = replace(
    mobilenetv2_ham7.CARD,
    name="clipvit-ham7",
    title="CLIP ViT-B/16",
    architecture=marked(
        "The first 7 of the 12 blocks of CLIP's ViT-B/16, as CLIP has them; a layer of 768 units and a "
        "linear one on the tokens behind the 4th, 6th and 7th: mean and deviation of the places, and the "
        "class token"
    ),
    source="Radford et al. 2021 (arXiv 2103.00020); the task of paper E",
    data=marked(
        "HAM10000 training rows, split by lesion; the image encoder of CLIP, which had learnt from 400 "
        "million captioned pictures of the internet"
    ),
    limits=(
        *mobilenetv2_ham7.CARD.limits,
        marked(
            "Which pictures CLIP had learnt from is not published; photographs of HAM10000 may be among them."
        ),
    ),
    encoder="vit_base_patch16_clip_quickgelu_224.openai",
    mean=(0.48145466, 0.4578275, 0.40821073),
    std=(0.26862954, 0.26130258, 0.27577711),
    input_px=224,
    bits=6,
    has_attention=True,
    has_thousands=True,
    recipe=replace(
        mobilenetv2_ham7.CARD.recipe,
        loss="cross-entropy",
        stages=((0, 224),),
        batch_size=128,
        learning_rate=1e-3,
        weight_decay=0.05,
        head_epochs=20,
        head_groups=3,
        evening=0.5,
    ),
)


@register(CARD)
def build() -> ClipClassifier:
    return ClipClassifier(classes=len(CARD.labels), read=READ, hidden=HIDDEN)
