"""The mean of what two classifiers say; it has no network of its own."""

from dataclasses import replace

from torch import nn

from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.i18n import marked
from skinapp.models.registry import register
from skinapp.models.zoo import mobilenetv2_ham7

CARD = replace(
    mobilenetv2_ham7.CARD,
    name="committee-ham7",
    title=marked("Committee of two"),
    architecture=marked("Mean of the calibrated probabilities of mobilenetv2-ham7-meta and clipvit-ham7"),
    source="Lakshminarayanan et al. 2017 (arXiv 1612.01474) for the mean; paper E for the task",
    data=marked("HAM10000 training rows, as its members; its temperature from validation rows"),
    limits=(
        marked(
            "Not a medical device. Its members learnt from the same photographs, so that they err together, "
            "on the same skin that each of them knows little of. Which pictures CLIP had learnt from before "
            "is not published; photographs of HAM10000 may be among them."
        ),
    ),
    members=("mobilenetv2-ham7-meta", "clipvit-ham7"),
    has_metadata=True,
    recipe=None,
)


@register(CARD)
def build() -> nn.Module:
    """Raises `ModelError`: whoever wants a committee's answer asks an engine."""
    raise ModelError(
        _("A committee has no network of its own."), _("Name one of its members, or ask it on the pages.")
    )
