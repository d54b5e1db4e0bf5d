"""The seven lesion classes of HAM10000 in index order, and the two that they fall into.

Codes and names follow Tschandl et al. 2018 (doi 10.1038/sdata.2018.161), the order is alphabetical by
code. The groups follow the same source: melanoma and basal cell carcinoma are malignant; actinic
keratosis and Bowen's disease (akiec) are the pre-malignant or in-situ forms of squamous cell carcinoma.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from skinapp.i18n import marked


class Group(StrEnum):
    """How dangerous a lesion class is as a whole."""

    BENIGN = "benign"
    PREMALIGNANT = "pre-malignant"
    MALIGNANT = "malignant"


@dataclass(frozen=True)
class LesionClass:
    """One lesion class: its code in the data, its English name and its group."""

    code: str
    name: str
    group: Group

    @property
    def is_suspicious(self) -> bool:
        """True for malignant and pre-malignant classes."""
        return self.group is not Group.BENIGN


HAM7 = (
    LesionClass("akiec", marked("Actinic keratosis or Bowen's disease"), Group.PREMALIGNANT),
    LesionClass("bcc", marked("Basal cell carcinoma"), Group.MALIGNANT),
    LesionClass("bkl", marked("Benign keratosis"), Group.BENIGN),
    LesionClass("df", marked("Dermatofibroma"), Group.BENIGN),
    LesionClass("mel", marked("Melanoma"), Group.MALIGNANT),
    LesionClass("nv", marked("Melanocytic nevus"), Group.BENIGN),
    LesionClass("vasc", marked("Vascular lesion"), Group.BENIGN),
)

HAM7_CODES = tuple(lesion.code for lesion in HAM7)

BINARY = (
    LesionClass("benign", marked("Benign lesion"), Group.BENIGN),
    LesionClass("malignant", marked("Malignant or pre-malignant lesion"), Group.MALIGNANT),
)

BINARY_CODES = tuple(lesion.code for lesion in BINARY)


def lesion_class(code: str) -> LesionClass:
    """The lesion class with this code; `ValueError` for an unknown code.

    >>> lesion_class("mel").name
    'Melanoma'
    """
    for lesion in HAM7 + BINARY:
        if lesion.code == code:
            return lesion
    raise ValueError(f"code must be one of {HAM7_CODES + BINARY_CODES}, got {code!r}")


def most_dangerous(codes: Iterable[str]) -> str | None:
    """The class among these that must not be missed; None without one.

    >>> most_dangerous(HAM7_CODES), most_dangerous(BINARY_CODES), most_dangerous(("bcc", "nv"))
    ('mel', 'malignant', None)
    """
    return next((code for code in codes if code in ("mel", "malignant")), None)


def class_index(code: str, labels: Sequence[str]) -> int:
    """Which of a model's classes a class of HAM10000 is: itself, or its side of benign and malignant.

    >>> class_index("mel", HAM7_CODES), class_index("mel", BINARY_CODES), class_index("nv", BINARY_CODES)
    (4, 1, 0)
    """
    if code in labels:
        return labels.index(code)
    return labels.index("malignant" if lesion_class(code).is_suspicious else "benign")
