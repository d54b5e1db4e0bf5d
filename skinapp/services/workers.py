"""A few threads that analyze the frames of all streams: the newest frame of each, in turn."""

import logging
import os
import platform
import threading
from collections import deque
from time import monotonic
from typing import Protocol

from skinapp.services.memory import give_back

THREADS = 2  # for all visitors together; each answer uses all cores while it is made
PATROL_S = 0.5  # how often streams that are over are looked for
PATROLS_TO_TRIM = 20  # after which free memory is given back
THREAD_NAME = "live_worker"
NICENESS = 5  # so that on a busy computer the pictures keep their pace and the results wait

_log = logging.getLogger(__name__)


class Client(Protocol):
    """A stream as the workers see it."""

    def work(self) -> None: ...

    def is_over(self) -> bool: ...

    def expire(self) -> None: ...


class Workers:
    """Threads shared by all streams; they start with the first stream and end with the last.

    A stream that asks waits in one line with the others and stands in it once, so that nobody is served
    twice before everyone was served once. With ``threads`` 0 the caller does the work, by `step`.
    """

    def __init__(self, threads: int = THREADS):
        self._threads = threads
        self._line: deque[Client] = deque()
        self._busy: set[Client] = set()
        self._asked_again: set[Client] = set()
        self._clients: set[Client] = set()
        self._running = 0
        self._patrolled_s, self._patrols = 0.0, 0
        self._changed = threading.Condition()

    def join(self, client: Client) -> None:
        """Take in a stream."""
        with self._changed:
            self._clients.add(client)
            while self._running < self._threads:
                self._running += 1
                thread = threading.Thread(target=self._run, name=THREAD_NAME, daemon=True)
                thread.start()

    def leave(self, client: Client) -> None:
        """Let go of a stream; what is being worked on for it is finished and nobody waits for it."""
        with self._changed:
            self._clients.discard(client)
            self._asked_again.discard(client)
            if client in self._line:
                self._line.remove(client)
            self._changed.notify_all()

    def ask(self, client: Client) -> None:
        """The stream has a new frame."""
        with self._changed:
            if client in self._busy:
                self._asked_again.add(client)
            elif client in self._clients and client not in self._line:
                self._line.append(client)
                self._changed.notify()

    def step(self) -> bool:
        """Serve the first in the line; False where nobody waits."""
        with self._changed:
            if not self._line:
                return False
            client = self._line.popleft()
            self._busy.add(client)
        try:
            client.work()
        except Exception:  # a bug in one frame must not take the thread from all other visitors
            _log.exception("a frame could not be analyzed")
        finally:
            self._finish(client)
        return True

    def patrol(self) -> None:
        """Close the streams that are over: a tab was closed, a connection broke. Now and then, tidy up."""
        for client in tuple(self._clients):
            try:
                if client.is_over():
                    client.expire()
            except Exception:  # nor may one that cannot be closed take it; nobody looks for it again
                _log.exception("a stream could not be closed")
                self.leave(client)
        self._patrols += 1
        if self._patrols % PATROLS_TO_TRIM == 0:
            give_back()

    def counts(self) -> tuple[int, int]:
        """Streams and threads that there are now."""
        with self._changed:
            return len(self._clients), self._running

    def _finish(self, client: Client) -> None:
        with self._changed:
            self._busy.discard(client)
            if client in self._asked_again:
                self._asked_again.discard(client)
                self._line.append(client)
                self._changed.notify()

    def _run(self) -> None:
        _give_way()
        while self._goes_on():
            self.step()
            if self._patrol_is_due():
                self.patrol()

    def _patrol_is_due(self) -> bool:
        with self._changed:
            is_due = monotonic() - self._patrolled_s >= PATROL_S
            self._patrolled_s = monotonic() if is_due else self._patrolled_s
            return is_due

    def _goes_on(self) -> bool:
        """Wait for work; False where the last stream is gone, and with it this thread."""
        with self._changed:
            if self._clients and not self._line:
                self._changed.wait(PATROL_S)
            if not self._clients:
                self._running -= 1
            return bool(self._clients)


def _give_way() -> None:
    """Lower the priority of this thread alone, which Linux can."""
    if platform.system() == "Linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
