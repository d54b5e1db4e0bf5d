"""How often something may be done within a time."""

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

MINUTE, HOUR, DAY = 60, 3600, 86_400

Clock = Callable[[], float]


class RateLimit:
    """At most ``count`` uses in any ``seconds``, for each pair in ``rules``. Safe for several threads."""

    def __init__(self, rules: tuple[tuple[int, int], ...], clock: Clock = time.monotonic):
        self._rules = rules
        self._clock = clock
        self._uses: deque[float] = deque(maxlen=max(count for count, _seconds in rules))
        self._closed_until = 0.0
        self._lock = Lock()

    def wait_s(self) -> float:
        """Seconds until the next use is free; 0 where it is free now. Takes nothing."""
        with self._lock:
            return self._wait_s(self._clock())

    def take(self) -> float:
        """Take one use and return 0, or take none and return the seconds to wait."""
        with self._lock:
            now = self._clock()
            wait = self._wait_s(now)
            if wait <= 0:
                self._uses.append(now)
            return wait

    def close_for(self, seconds: float) -> None:
        """Let nobody through for a while: the service asked for it."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._clock() + seconds)

    def _wait_s(self, now: float) -> float:
        waits = [self._closed_until - now]
        for count, seconds in self._rules:
            if len(self._uses) >= count:
                waits.append(self._uses[-count] + seconds - now)
        return max(0.0, *waits)
