"""How a model is marked in charts: a colour for each family, the attention twin by its symbol and dashed."""

from dataclasses import dataclass

from skinapp.services.scoring.scored import ScoredModel
from skinapp.ui import caching

# Of Okabe & Ito 2008, those that read on white and on black: sky blue, orange, green, purple, vermillion.
COLOURS = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00")
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
    families = [known.name for known in cards.values() if known.task == card.task and known.twin is None]
    colour = COLOURS[families.index(card.twin or card.name) % len(COLOURS)]
    return Mark(colour, "diamond", "dash") if card.twin else Mark(colour, "circle", "solid")
