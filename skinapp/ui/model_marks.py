"""How a model is marked in charts: a colour for each family, the attention twin by its symbol and dashed."""

from dataclasses import dataclass

from skinapp.services.scoring.scored import ScoredModel
from skinapp.ui import caching
from skinapp.ui.model_lines import model_colour

GIVEN_COLOUR = "#9AA5B1"


@dataclass(frozen=True)
class Mark:
    """Colour, Plotly's name of the symbol, and Plotly's name of the line."""

    colour: str
    symbol: str
    dash: str


def mark_of(model: ScoredModel) -> Mark:
    """The mark of a model; that of someone's predictions is a grey square."""
    cards = {known.card.name: known.card for known in caching.model_listings()}
    card = cards.get(model.name)
    if card is None:
        return Mark(GIVEN_COLOUR, "square", "dot")
    return Mark(model_colour(card), *(("diamond", "dash") if card.twin else ("circle", "solid")))
