"""The segmenter of paper D: U-Net on EfficientNet-B3."""

from dataclasses import replace

import segmentation_models_pytorch as smp
from torch import nn

from skinapp.i18n import marked
from skinapp.models.card import Recipe
from skinapp.models.registry import register
from skinapp.models.segmenter import Segmenter
from skinapp.models.zoo import unet

ENCODER = "efficientnet-b3"
DROPOUT = 0.2

CARD = replace(
    unet.CARD,
    name="unet-effb3",
    title="U-Net, EfficientNet-B3",
    architecture=marked("U-Net with batch norm and dropout, EfficientNet-B3 encoder"),
    source="Ronneberger et al. 2015 (arXiv 1505.04597), Tan and Le 2019 (arXiv 1905.11946); paper D",
    limits=(
        *unet.CARD.limits,
        marked("Trained from nothing for ten epochs, at 128 px: its borders are coarse."),
    ),
    recipe=Recipe(
        dataset="task1",
        loss="bce-dice",
        stages=((5, 96), (5, 128)),
        learning_rate=1e-3,
        ema_decay=0.995,
        extra_ham10000=1800,
    ),
    input_px=128,
    encoder=ENCODER,
    bits=8,
)


@register(CARD)
def build() -> Segmenter:
    net = smp.Unet(ENCODER, encoder_weights=None, decoder_channels=unet.DECODER_CHANNELS)
    net.segmentation_head = nn.Sequential(nn.Dropout2d(DROPOUT), *net.segmentation_head)
    return Segmenter(net)
