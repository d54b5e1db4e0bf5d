"""A slow source read in a thread of its own, so that whoever waits for it can also be stopped."""

import contextvars
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

Item = TypeVar("Item")

PULSE_S = 0.2


def with_pulse(source: Iterator[Item], every_s: float = PULSE_S) -> Iterator[Item | None]:
    """The items of ``source`` as they come, and None each time that none came for ``every_s`` seconds.

    What the source raises is raised here. Where this generator is closed early, the source is closed after
    the item that it is waiting for.
    """
    queue: SimpleQueue[tuple[Item | None, BaseException | None]] = SimpleQueue()
    left = Event()

    def read() -> None:
        end: BaseException = StopIteration()
        try:
            for item in source:
                queue.put((item, None))
                if left.is_set():
                    break
        except BaseException as error:
            end = error
        queue.put((None, end))
        getattr(source, "close", lambda: None)()

    Thread(target=contextvars.copy_context().run, args=(read,), name="pulse", daemon=True).start()
    try:
        while True:
            try:
                item, end = queue.get(timeout=every_s)
            except Empty:
                yield None
                continue
            if isinstance(end, StopIteration):
                return
            if end is not None:
                raise end
            yield item
    finally:
        left.set()
