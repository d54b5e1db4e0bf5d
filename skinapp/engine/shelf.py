"""Items made once and shared; at most so many are kept, the longest unused goes first."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


class Shelf(Generic[Item]):
    """Makes items by name on first use; threads that ask for the same one wait for it.

    A dropped item lives on for as long as a caller still works with it. ``make`` gets the name, and whatever
    else `take` was given.
    """

    def __init__(self, make: Callable[..., Item], limit: int):
        if limit < 1:
            raise ValueError(f"limit must be at least 1, got {limit}")
        self._make = make
        self._limit = limit
        self._items: OrderedDict[str, Item] = OrderedDict()
        self._lock = Lock()
        self._making: defaultdict[str, Lock] = defaultdict(Lock)

    def take(self, name: str, *given: Any) -> Item:
        """The item called ``name``; what ``make`` raises goes to the caller and is not kept."""
        item = self._kept(name)
        if item is not None:
            return item
        with self._lock:
            making = self._making[name]
        with making:
            item = self._kept(name)
            return item if item is not None else self._put(name, self._make(name, *given))

    def names(self) -> tuple[str, ...]:
        """The names of the items kept, the longest unused first."""
        with self._lock:
            return tuple(self._items)

    def _kept(self, name: str) -> Item | None:
        with self._lock:
            if name in self._items:
                self._items.move_to_end(name)
            return self._items.get(name)

    def _put(self, name: str, item: Item) -> Item:
        with self._lock:
            self._items[name] = item
            while len(self._items) > self._limit:
                self._items.popitem(last=False)
        return item
