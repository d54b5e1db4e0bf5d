"""One colour for each family of models on every page; an attention twin has its baseline's, dashed."""

from skinapp.models.card import ModelCard
from skinapp.ui import caching
from skinapp.ui.pictures import Line

# Of Okabe & Ito 2008, those that read on skin, on white and on black.
COLOURS = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#0072B2")
SOLID, DASHED, DOTTED = "none", "6 4", "1.5 3.5"


def model_colour(card: ModelCard) -> str:
    """The colour of a model, shared with its twin."""
    return COLOURS[model_family(card) % len(COLOURS)]


def model_family(card: ModelCard) -> int:
    """Which of the families of its task a model belongs to; a twin to its baseline's."""
    cards = [known.card for known in caching.model_listings()]
    families = [known.name for known in cards if known.task == card.task and known.twin is None]
    return families.index(card.twin or card.name)


def model_line(card: ModelCard, is_extra: bool = False) -> Line:
    """How a model's outline is drawn: solid, dashed for an attention twin, dotted for a further setting."""
    dash = DASHED if card.twin else SOLID
    return Line(model_colour(card), DOTTED if is_extra else dash, is_edged=True)
