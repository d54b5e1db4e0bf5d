"""MobileNetV2 with age, sex and site, what paper E leaves as future work."""

from dataclasses import replace

from skinapp.i18n import marked
from skinapp.models.metadata import MetadataClassifier
from skinapp.models.registry import register
from skinapp.models.zoo import mobilenetv2_ham7

CARD = replace(
    mobilenetv2_ham7.CARD,
    name="mobilenetv2-ham7-meta",
    title=marked("MobileNetV2 with age, sex and site"),
    architecture=marked(
        "mobilenetv2-ham7, its logits shifted by a linear layer on age, sex and site as known"
    ),
    source="Sandler et al. 2018 (arXiv 1801.04381); patient metadata is future work of paper E",
    data=marked("HAM10000 training rows and their metadata; the weight of the metadata from validation rows"),
    limits=(
        marked(
            "Not a medical device. As for mobilenetv2-ham7; what it makes of age, sex and site is how often "
            "lesions of a class were photographed in two clinics, not how often people have them."
        ),
    ),
    has_metadata=True,
)


@register(CARD)
def build() -> MetadataClassifier:
    return MetadataClassifier(classes=len(CARD.labels))
