"""A camera's stream: every frame comes back at once, with the newest result drawn on it.

Frames live in memory and only as long as they are needed: the newest one waits for a worker, the last one
for a visitor who wants it analyzed. What is recorded are numbers.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic

import numpy as np

from skinapp.errors import SkinAppError
from skinapp.imaging.geometry import check_image
from skinapp.services.analyze import Engine
from skinapp.services.frame import Advice, FrameResult, LiveChoices, analyze_frame
from skinapp.services.picture import GONE_S, drawn, sendable
from skinapp.services.recording import Recording, Row
from skinapp.services.steadiness import Naming, Steadiness
from skinapp.services.workers import Workers

RATE_S = 1.0  # over which frames and results are counted
PAUSE_S = 1 / 15  # between two analyses of one stream at least: outlines need no more
SILENT_S, UNOPENED_S = 15.0, 60.0  # without a frame: after the last one, and before the first
LEFT_S = 1.5  # that a visitor may be away: a page that lost its server for a moment comes back


@dataclass(frozen=True)
class LiveState:
    """Where a stream stands: ``naming`` only where quality and class held; rates per second, times in s.

    ``latency_s`` is what lay between the newest result and its frame, ``silent_s`` the time since the last
    frame; both None before the first. ``is_late`` where the newest result was too old to be drawn: the
    computer has too much to do; ``has_heat`` where heat maps are drawn. ``error`` is a failure that the
    visitor can put right.
    """

    frames: int
    frame_rate: float
    result_rate: float
    latency_s: float | None
    silent_s: float | None
    waited_s: float
    advice: Advice
    naming: Naming | None
    is_analyzed: bool
    has_heat: bool
    is_late: bool
    is_frozen: bool
    is_closed: bool
    error: SkinAppError | None


@dataclass(frozen=True)
class _Shown:
    """A result with the time of its frame and the time at which it was ready."""

    result: FrameResult
    at_s: float
    ready_s: float
    naming: Naming | None


class LiveStream:
    """The stream of one visitor. Its methods may be called from any thread; none waits for a model."""

    def __init__(
        self,
        engine: Engine,
        choices: LiveChoices,
        workers: Workers,
        clock: Callable[[], float] = monotonic,
        is_left: Callable[[], bool] = lambda: False,
        on_end: Callable[[], None] = lambda: None,
    ):
        self._engine, self._choices, self._workers = engine, choices, workers
        self._clock, self._is_left, self._on_end = clock, is_left, on_end
        self._lock = Lock()
        self._opened_s = self._seen_s = clock()
        self._waits = False
        self._last: tuple[np.ndarray, float] | None = None
        self._frozen: np.ndarray | None = None
        self._held: Naming | None = None  # the class of the frozen picture
        self._shown: _Shown | None = None
        self._asked_s = -np.inf
        self._frames = 0
        self._frame_times: deque[float] = deque(maxlen=120)
        self._result_times: deque[float] = deque(maxlen=120)
        self._steadiness = Steadiness()
        self.recording = Recording()
        self._error: SkinAppError | None = None
        self._is_closed = False
        workers.join(self)

    def show(self, image: np.ndarray) -> np.ndarray:
        """Take in a frame, uint8 RGB (H, W, 3) of any size; returns what the visitor sees now, at a size
        that can be sent as video."""
        check_image(image)
        now = self._clock()
        with self._lock:
            self._frames += 1
            self._frame_times.append(now)
            if self._frozen is not None:
                return self._frozen
            if not self._is_closed:
                self._last = image, now
            asks = self._is_wanted() and now - self._asked_s >= PAUSE_S
            if asks:
                self._waits, self._asked_s = True, now
            shown = self._shown
        if asks:
            self._workers.ask(self)
        return _picture(image, shown, now)

    def work(self) -> None:
        """Analyze the newest frame: what a worker calls."""
        with self._lock:
            newest, self._waits = self._last if self._waits else None, False
            choices = self._choices
        if newest is None:
            return
        image, at_s = newest
        try:
            result = analyze_frame(image, choices, self._engine)
        except SkinAppError as error:
            self._error = error
        else:
            self._take(result, at_s)

    def state(self) -> LiveState:
        """Where the stream stands now."""
        now = self._clock()
        with self._lock:
            shown = self._fresh(now)
            return LiveState(
                frames=self._frames,
                frame_rate=_rate(self._frame_times, now),
                result_rate=_rate(self._result_times, now),
                latency_s=shown.ready_s - shown.at_s if shown else None,
                silent_s=now - self._frame_times[-1] if self._frame_times else None,
                waited_s=now - self._opened_s,
                advice=shown.result.advice if shown else Advice.NONE,
                naming=self._held if self._frozen is not None else shown.naming if shown else None,
                is_analyzed=self._choices.analyze,
                has_heat=self._choices.has_heat,
                is_late=self._shown is not None and shown is None,
                is_frozen=self._frozen is not None,
                is_closed=self._is_closed,
                error=self._error,
            )

    def choose(self, choices: LiveChoices) -> None:
        """Other models or layers, from the next frame on, and on a frozen picture."""
        with self._lock:
            if choices == self._choices:
                return
            if replace(choices, show_heat=self._choices.show_heat) != self._choices:
                self._steadiness, self._shown, self._error = Steadiness(), None, None
                if self._frozen is not None:
                    self._hold()  # without what other models had said of it
            self._choices = choices
            if self._frozen is not None:
                self._waits = self._is_wanted()
        self._workers.ask(self)

    def freeze(self) -> None:
        """Hold the newest picture. It is analyzed at once: the outline and the class on it are its own."""
        with self._lock:
            if self._last is None:
                return
            is_known = self._hold()
            self._waits = self._is_wanted() and not is_known
        self._workers.ask(self)

    def resume(self) -> None:
        """Let the picture move again."""
        with self._lock:
            self._frozen = None

    def frame(self) -> np.ndarray | None:
        """The last frame (while frozen, the one that is held) at full resolution, nothing drawn on it."""
        with self._lock:
            return self._last[0] if self._last else None

    def is_over(self) -> bool:
        """True where the visitor left, and where frames stopped coming or never began to."""
        now, is_left = self._clock(), self._is_left()
        with self._lock:
            self._seen_s = self._seen_s if is_left else now
            since = self._frame_times[-1] if self._frame_times else self._opened_s
            is_silent = now - since > (SILENT_S if self._frame_times else UNOPENED_S)
            return is_silent or now - self._seen_s > LEFT_S

    def close(self) -> None:
        """Give everything back but the recorded numbers and a frozen frame; closing twice is harmless."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed, self._waits, self._shown = True, False, None
            if self._frozen is None:
                self._last = None
        self._workers.leave(self)

    def expire(self) -> None:
        """Close a stream that is over, and tell whoever holds its connection."""
        self.close()
        self._on_end()

    def _is_wanted(self) -> bool:
        return self._choices.analyze and not self._is_closed

    def _hold(self) -> bool:
        """Freeze the last frame with its own result and no other; False where there is none yet."""
        image, at_s = self._last
        own = self._shown if self._shown and self._shown.at_s == at_s else None
        self._frozen = _picture(image, own, at_s)
        self._held = own.naming if own else None
        return own is not None

    def _fresh(self, now: float) -> _Shown | None:
        """The newest result, while it is not too old to be shown."""
        return self._shown if self._shown and now - self._shown.at_s < GONE_S else None

    def _take(self, result: FrameResult, at_s: float) -> None:
        now = self._clock()
        with self._lock:
            if self._is_closed:
                return
            naming = self._steadiness.add(result, at_s)
            self._shown, self._error = _Shown(result, at_s, now, naming), None
            if self._frozen is not None and at_s == self._last[1]:
                self._hold()
            self._result_times.append(now)
            self.recording.add(self._row(self._shown))

    def _row(self, shown: _Shown) -> Row:
        result, naming = shown.result, shown.naming
        is_known = result.advice is Advice.NONE  # else the gate was not asked, or refused
        return Row(
            seconds=shown.at_s - self._opened_s,
            latency_s=shown.ready_s - shown.at_s,
            advice=str(result.advice),
            area_fraction=result.area_fraction,
            sharpness=result.sharpness,
            shown=naming.code if naming else "",
            codes=result.codes,
            probs=self._steadiness.probs if is_known else None,
        )


def _picture(image: np.ndarray, shown: _Shown | None, now: float) -> np.ndarray:
    picture = sendable(image)
    return drawn(picture, shown.result, now - shown.at_s) if shown else picture


def _rate(times: deque[float], now: float) -> float:
    return sum(now - time <= RATE_S for time in times) / RATE_S
