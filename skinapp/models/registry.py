"""Name -> card and builder."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from torch import nn

from skinapp.errors import ModelError
from skinapp.i18n import gettext as _
from skinapp.models.card import ModelCard, Task

Builder = Callable[[], nn.Module]


@dataclass(frozen=True)
class Entry:
    """A registered model: its card and the function that builds the network without weights."""

    card: ModelCard
    build: Builder


_entries: dict[str, Entry] = {}


def register(card: ModelCard) -> Callable[[Builder], Builder]:
    """Decorator that registers a builder under its card's name.

    A name can be taken once; only a model of the hub takes the place of an earlier revision of itself.
    """

    def add(build: Builder) -> Builder:
        if card.name in _entries and not (card.hub and _entries[card.name].card.hub):
            raise ValueError(f"a model named {card.name!r} is registered already")
        _entries[card.name] = Entry(card, build)
        return build

    return add


def entry(name: str) -> Entry:
    """The model called ``name``; `ModelError` with the nearest name for an unknown one."""
    known = _known()
    if name not in known:
        near = get_close_matches(name, tuple(known), n=1)
        hint = (
            _("Did you mean '{name}'?").format(name=near[0])
            if near
            else _("Known models: {names}.").format(names=", ".join(names(with_recipes=True)))
        )
        raise ModelError(_("There is no model called '{name}'.").format(name=name), hint)
    return known[name]


def card(name: str) -> ModelCard:
    """The card of the model called ``name``."""
    return entry(name).card


def names(task: Task | None = None, for_tests: bool = False, with_recipes: bool = False) -> tuple[str, ...]:
    """Names in order of registration, of one task or all.

    The tiny test models come only when asked for, and only they; what is but a recipe comes when asked for.
    """
    return tuple(
        name
        for name, known in tuple(_known().items())  # another visitor may add one meanwhile
        if known.card.for_tests == for_tests
        and task in (None, known.card.task)
        and (with_recipes or not known.card.recipe_only)
    )


def _known() -> dict[str, Entry]:
    """All models. Importing the zoo registers them; who asks meanwhile, on another thread, waits for it."""
    from skinapp.models import zoo  # noqa: F401  here, since its modules import this one

    return _entries
