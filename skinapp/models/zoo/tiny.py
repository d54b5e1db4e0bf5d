"""Tiny models, so that every path of the project can be tested in milliseconds. Never shown on a page."""

from dataclasses import replace

import segmentation_models_pytorch as smp

from skinapp.labels import BINARY_CODES
from skinapp.models.card import Recipe
from skinapp.models.classifier import MobileNetV2Classifier
from skinapp.models.clip import ClipClassifier
from skinapp.models.metadata import MetadataClassifier
from skinapp.models.registry import register
from skinapp.models.segmenter import AttentionUnet, Segmenter
from skinapp.models.super_resolver import LightGenerator
from skinapp.models.swin2sr import Swin2SREnlarger
from skinapp.models.vit import HybridViT
from skinapp.models.zoo import clipvit_ham7, committee_ham7, light_x4, mobilenetv2_ham7, unet, vit_ham7

_SEGMENTER = replace(
    unet.CARD,
    name="tiny-unet",
    title="Tiny U-Net",
    architecture="U-Net, MobileNetV2 encoder, decoder of 8 channels",
    limits=("For tests only.",),
    input_px=64,
    for_tests=True,
    recipe=Recipe(dataset="task1", loss="bce-dice", stages=((1, 64),), batch_size=4),
)
_CLASSIFIER = replace(
    mobilenetv2_ham7.CARD,
    name="tiny-ham7",
    title="Tiny MobileNetV2",
    architecture="MobileNetV2 at a quarter of its width",
    data="HAM10000 training rows, split by lesion",
    limits=("For tests only.",),
    input_px=64,
    for_tests=True,
    recipe=Recipe(dataset="ham10000", loss="weighted-cross-entropy", stages=((1, 64),), batch_size=4),
)
_BINARY = replace(
    _CLASSIFIER,
    name="tiny-binary",
    title="Tiny MobileNetV2, two classes",
    labels=BINARY_CODES,
    cleaning=("clahe",),
    recipe=replace(_CLASSIFIER.recipe, loss="malignant-cross-entropy", malignant_weight=10.0),
)
_TRANSFORMER = replace(
    vit_ham7.CARD,
    name="tiny-vit7",
    title="Tiny ViT",
    architecture="MobileNetV2's first stages, two transformer blocks of 16 channels with one head",
    limits=("For tests only.",),
    input_px=64,
    for_tests=True,
    recipe=replace(vit_ham7.CARD.recipe, stages=((1, 64),), batch_size=4, distillation=0.0, mixing=0.0),
)
_CLIP = replace(
    clipvit_ham7.CARD,
    name="tiny-clip7",
    title="Tiny CLIP",
    architecture="The first 2 blocks of CLIP's ViT, of 64 channels with one head",
    limits=("For tests only.",),
    input_px=64,
    for_tests=True,
    recipe=replace(mobilenetv2_ham7.CARD.recipe, stages=((1, 64),), batch_size=4, mixing=0.0),
)
_ENLARGER = replace(
    light_x4.CARD,
    name="tiny-x4",
    title="Tiny x4",
    architecture="2 re-parameterised 3x3 convolutions of 8 channels, one pixel shuffle",
    limits=("For tests only.",),
    for_tests=True,
    recipe=replace(light_x4.CARD.recipe, stages=((1, 64),), batch_size=4),
)

_COMMITTEE = replace(
    _CLASSIFIER,
    name="tiny-committee",
    title="Tiny committee",
    architecture="Mean of tiny-ham7-meta and tiny-vit7",
    members=("tiny-ham7-meta", "tiny-vit7"),
    has_metadata=True,
    recipe=None,
)

TINY_SWIN2SR = {"embed_dim": 8, "depths": (2,), "num_heads": (2,), "image_size": 16}


def _network() -> smp.Unet:
    return smp.Unet("mobilenet_v2", encoder_weights=None, decoder_channels=(8, 8, 8, 8, 8))


@register(_SEGMENTER)
def build_unet() -> Segmenter:
    return Segmenter(_network())


@register(replace(_SEGMENTER, name="tiny-unet-attention", twin="tiny-unet", has_gates=True))
def build_unet_attention() -> AttentionUnet:
    return AttentionUnet(_network())


@register(_CLASSIFIER)
def build_classifier() -> MobileNetV2Classifier:
    return MobileNetV2Classifier(classes=len(_CLASSIFIER.labels), width=0.25)


@register(_BINARY)
def build_binary() -> MobileNetV2Classifier:
    return MobileNetV2Classifier(classes=len(_BINARY.labels), width=0.25)


@register(
    replace(_CLASSIFIER, name="tiny-ham7-meta", title="Tiny MobileNetV2 with metadata", has_metadata=True)
)
def build_metadata_classifier() -> MetadataClassifier:
    return MetadataClassifier(classes=len(_CLASSIFIER.labels), width=0.25)


@register(_TRANSFORMER)
def build_transformer() -> HybridViT:
    return HybridViT(classes=len(_TRANSFORMER.labels), side_px=_TRANSFORMER.input_px, width=16, depth=2)


@register(_CLIP)
def build_clip() -> ClipClassifier:
    return ClipClassifier(classes=len(_CLIP.labels), read=(1, 2), hidden=16, width=64, side_px=_CLIP.input_px)


register(_COMMITTEE)(committee_ham7.build)


@register(_ENLARGER)
def build_enlarger() -> LightGenerator:
    return LightGenerator(channels=8, blocks=2)


@register(
    replace(
        _ENLARGER,
        name="tiny-swin2sr-x4",
        title="Tiny Swin2SR x4",
        architecture="Swin2SR, one stage of 2 layers of 8 channels",
    )
)
def build_swin2sr() -> Swin2SREnlarger:
    return Swin2SREnlarger(**TINY_SWIN2SR)
