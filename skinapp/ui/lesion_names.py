"""Lesion classes as they are named on screen."""

from skinapp.i18n import format_prob, marked
from skinapp.i18n import gettext as _
from skinapp.labels import HAM7_CODES, Group, lesion_class

GROUP_SYMBOLS = {Group.MALIGNANT: "▲", Group.PREMALIGNANT: "◆", Group.BENIGN: "●"}
GROUP_WORDS = {
    Group.MALIGNANT: marked("malignant"),
    Group.PREMALIGNANT: marked("pre-malignant"),
    Group.BENIGN: marked("benign"),
}


def class_words(code: str) -> str:
    """The full name of a class, and its code where that is one of HAM10000's."""
    name = _(lesion_class(code).name)
    return f"{name} ({code})" if code in HAM7_CODES else name


def class_line(code: str, prob: float) -> str:
    """A class in one line with its symbol, its probability and its group; of two classes the name says it.

    >>> class_line("mel", 0.83)
    '▲ Melanoma (mel) 83%, malignant'
    """
    group = lesion_class(code).group
    line = f"{GROUP_SYMBOLS[group]} {class_words(code)} {format_prob(prob)}"
    return f"{line}, {_(GROUP_WORDS[group])}" if code in HAM7_CODES else line
