"""How a model is marked in charts: a colour and a symbol for each family, the attention twin's dashed."""

from dataclasses import dataclass

from skinapp.services.scoring.scored import ScoredModel
from skinapp.ui import caching
from skinapp.ui.model_lines import model_colour, model_family

GIVEN_COLOUR = "#9AA5B1"
_SYMBOLS = ("circle", "square", "triangle-up", "pentagon", "star", "cross", "hexagon", "triangle-down")


@dataclass(frozen=True)
class Mark:
    """Colour, Plotly's name of the symbol, and Plotly's name of the line."""

    colour: str
    symbol: str
    dash: str


def mark_of(model: ScoredModel) -> Mark:
    """The mark of a model, a twin's with a dot of its own; that of someone's predictions is a grey cross."""
    cards = {known.card.name: known.card for known in caching.model_listings()}
    card = cards.get(model.name)
    if card is None:
        return Mark(GIVEN_COLOUR, "x", "dot")
    symbol = _SYMBOLS[model_family(card) % len(_SYMBOLS)]
    return Mark(model_colour(card), *((f"{symbol}-open-dot", "dash") if card.twin else (symbol, "solid")))
