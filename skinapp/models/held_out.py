"""Whether the rows that a model is fitted or scored on were kept from its training."""

from typing import Any

from skinapp.errors import ModelError
from skinapp.i18n import gettext as _

PUBLISHED = "splits.csv"
OTHER_ROWS = ("labelme", "hires-clean", "hires-phone")  # datasets whose split shares no row with that file


def refuse_other_split(name: str, record: dict[str, Any]) -> None:
    """`ModelError` where a model learnt from rows of a drawn split: held-out rows may be among them.

    So may they where the model started from one that did, or is a mean of such.
    """
    for origin in filter(None, (record.get("init"), *record.get("averaged", ()))):
        refuse_other_split(name, origin)
    settings = record.get("settings", {})
    split = settings.get("split", PUBLISHED)
    if split != PUBLISHED and settings.get("dataset") not in OTHER_ROWS:
        raise ModelError(
            _("'{name}' learnt from rows of the split {split}: test rows may be among them.").format(
                name=name, split=split
            ),
            _("Train it with the published split, without --split."),
        )
