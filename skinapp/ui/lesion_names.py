"""Lesion classes as they are named on screen."""

from skinapp.i18n import gettext as _
from skinapp.labels import HAM7_CODES, lesion_class


def class_words(code: str) -> str:
    """The full name of a class, and its code where that is one of HAM10000's."""
    name = _(lesion_class(code).name)
    return f"{name} ({code})" if code in HAM7_CODES else name
