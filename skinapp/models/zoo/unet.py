"""U-Net, the baseline of paper A."""

import segmentation_models_pytorch as smp

from skinapp.i18n import marked
from skinapp.models.card import ModelCard, Recipe, Task
from skinapp.models.registry import register
from skinapp.models.segmenter import Segmenter

DECODER_CHANNELS = (128, 64, 48, 32, 16)

RECIPE = Recipe(
    dataset="task1",
    loss="focal-ssim-jaccard",
    stages=((4, 192),),
    learning_rate=5e-4,
    ema_decay=0.99,
)

SEGMENTATION_DATA = marked(
    "ISIC 2018 Task 1 training rows (crops, and whole frames of the same photographs) and masks of "
    "HAM10000 training rows"
)
SEGMENTATION_LICENCE = marked("CC BY-NC 4.0 (HAM10000 is among the training data)")
SEGMENTATION_USE = marked(
    "Outlining one pigmented lesion in a dermoscopic photograph, for research and teaching."
)
SEGMENTATION_LIMITS = (
    marked(
        "Not a medical device. Dermoscopy only; mostly light skin; several lesions, nails, mucosa and scalp "
        "are rare in the data. Follows the annotators' style, which differs between archives."
    ),
)

CARD = ModelCard(
    name="unet",
    title="U-Net",
    task=Task.SEGMENTATION,
    labels=("lesion",),
    architecture=marked("U-Net, MobileNetV2 encoder, decoder of 128, 64, 48, 32 and 16 channels"),
    source="Ronneberger et al. 2015 (arXiv 1505.04597); baseline of Thwin and Park (paper A)",
    data=SEGMENTATION_DATA,
    licence=SEGMENTATION_LICENCE,
    intended_use=SEGMENTATION_USE,
    limits=SEGMENTATION_LIMITS,
    recipe=RECIPE,
    input_px=192,
)


def network() -> smp.Unet:
    """The network that the baseline and its attention twin share."""
    return smp.Unet("mobilenet_v2", encoder_weights=None, decoder_channels=DECODER_CHANNELS)


@register(CARD)
def build() -> Segmenter:
    return Segmenter(network())
