"""The models that can be offered: their cards, whether they are installed, and their test figures."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skinapp.errors import WeightsError
from skinapp.models import registry
from skinapp.models.card import ModelCard, Task
from skinapp.models.weights import find_checkpoint


@dataclass(frozen=True)
class Listing:
    """A model as it stands on this computer; one whose record is damaged counts as not installed.

    ``card`` tells the side that its weights were trained at; ``record`` is what lies beside them, {} without.
    """

    card: ModelCard
    installed: bool
    record: dict[str, Any]

    @property
    def install_command(self) -> str:
        """What fetches a model that others trained; empty for those trained here."""
        return f"python -m skinapp install {self.card.name}" if self.card.hub else ""

    @property
    def figures(self) -> dict[str, Any]:
        """Figures on the test rows; {} where the model was not evaluated."""
        return self.record.get("figures", {})


def listings(weights_dir: Path, task: Task | None = None) -> tuple[Listing, ...]:
    """All models of a task (or of all), in the order of the zoo; of recipes those that somebody trained."""
    known = (_listing(name, weights_dir) for name in registry.names(task, with_recipes=True))
    return tuple(listing for listing in known if listing.installed or not listing.card.recipe_only)


def _listing(name: str, weights_dir: Path) -> Listing:
    try:
        checkpoint = find_checkpoint(name, weights_dir)
    except WeightsError:
        return Listing(registry.card(name), installed=False, record={})
    return Listing(checkpoint.card, installed=True, record=checkpoint.record)
