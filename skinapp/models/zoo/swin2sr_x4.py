"""Swin2SR, trained by its authors on everyday photographs: a further choice for whoever has fetched it."""

from skinapp.i18n import marked
from skinapp.imaging.enlarging import SCALE
from skinapp.models.card import Hub, ModelCard, Task
from skinapp.models.registry import register
from skinapp.models.swin2sr import Swin2SREnlarger

CARD = ModelCard(
    name="swin2sr-x4",
    title="Swin2SR x4",
    task=Task.SUPER_RESOLUTION,
    labels=(),
    architecture=marked(
        "Swin2SR, 6 stages of 6 transformer layers of 180 channels, windows of 8 px, pixel shuffles"
    ),
    source="Conde et al. 2022 (arXiv 2209.11345), as published with Hugging Face Transformers",
    data=marked("DIV2K and Flickr2K: everyday photographs, made small bicubically; no dermoscopy"),
    licence="Apache-2.0",
    intended_use=marked("A general enlarger to compare ours with, for research and teaching."),
    limits=(
        marked(
            "Not a medical device. What it adds beyond bicubic is a guess learnt from everyday photographs, "
            "never evidence. It was not measured here, is slow without a graphics card, and has to be "
            "fetched once."
        ),
    ),
    recipe=None,
    input_px=64,
    mean=(0.0, 0.0, 0.0),
    std=(1.0, 1.0, 1.0),
    scale=SCALE,
    context_px=32,
    encoder="",
    # The place to pin a commit. None could be looked up when this was written: the first `install` records
    # the one it got, and every later one on that computer asks for the same; `--revision` names another.
    hub=Hub("caidas/swin2SR-classical-sr-x4-64", revision="main"),
)


@register(CARD)
def build() -> Swin2SREnlarger:
    return Swin2SREnlarger()
