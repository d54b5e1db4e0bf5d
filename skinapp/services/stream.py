"""A camera's stream: every frame comes back at once, with the newest result drawn on it.

Frames live in memory and only as long as they are needed: the newest one waits for a worker, the last one
for a visitor who wants it analyzed. What is recorded are numbers.
"""

import csv
import io
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic

import cv2
import numpy as np

from skinapp.errors import SkinAppError
from skinapp.imaging.geometry import check_image, thumbnail
from skinapp.imaging.overlay import draw_borders, overlay_heatmap
from skinapp.results import FULL_HEAT
from skinapp.services.analyze import Engine
from skinapp.services.frame import Advice, FrameResult, LiveChoices, analyze_frame
from skinapp.services.steadiness import Naming, Steadiness
from skinapp.services.workers import Workers

FRESH_S, GONE_S = 0.5, 1.5  # age up to which a result is drawn in full, and from which not at all
RATE_S = 1.0  # over which frames and results are counted
PAUSE_S = 1 / 15  # between two analyses of one stream at least: outlines need no more
SILENT_S, UNOPENED_S = 2.5, 30.0  # without a frame: after the last one, and before the first
SHOWN_SIDE_PX, SMALLEST_PX = 1280, 16  # sides of a frame that is sent back
HEAT_OPACITY = 0.5
RECORDED = 30_000  # results, about an hour


@dataclass(frozen=True)
class LiveState:
    """Where a stream stands: ``naming`` only where quality and class held; rates per second, times in s.

    ``latency_s`` is what lay between the newest result and its frame, ``silent_s`` the time since the last
    frame; both None before the first. ``error`` is a failure that the visitor can put right.
    """

    frames: int
    frame_rate: float
    result_rate: float
    latency_s: float | None
    silent_s: float | None
    waited_s: float
    advice: Advice
    naming: Naming | None
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
        on_close: Callable[[], None] = lambda: None,
    ):
        self._engine, self._choices, self._workers = engine, choices, workers
        self._clock, self._on_close = clock, on_close
        self._lock = Lock()
        self._opened_s = clock()
        self._waiting: tuple[np.ndarray, float] | None = None
        self._last: np.ndarray | None = None
        self._frozen: np.ndarray | None = None
        self._shown: _Shown | None = None
        self._asked_s = -np.inf
        self._frames = 0
        self._frame_times: deque[float] = deque(maxlen=120)
        self._result_times: deque[float] = deque(maxlen=120)
        self._steadiness = Steadiness()
        self._rows: deque[tuple[_Shown, np.ndarray | None]] = deque(maxlen=RECORDED)
        self._error: SkinAppError | None = None
        self._is_closed = False
        workers.join(self)

    def show(self, image: np.ndarray) -> np.ndarray:
        """Take in a frame, uint8 RGB (H, W, 3) of any size; returns what the visitor sees now.

        The picture that comes back is at most `SHOWN_SIDE_PX` long and has even sides.
        """
        check_image(image)
        now = self._clock()
        with self._lock:
            self._frames += 1
            self._frame_times.append(now)
            if self._frozen is not None:
                return self._frozen
            self._last = image
            asks = not self._is_closed and now - self._asked_s >= PAUSE_S
            if asks:
                self._waiting, self._asked_s = (image, now), now
            shown, choices = self._shown, self._choices
        if asks:
            self._workers.ask(self)
        return _drawn(_sendable(image), shown, now, choices)

    def work(self) -> None:
        """Analyze the newest frame: what a worker calls."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
            choices = self._choices
        if waiting is None:
            return
        try:
            result = analyze_frame(waiting[0], choices, self._engine)
        except SkinAppError as error:
            self._error = error
        else:
            self._take(result, waiting[1])

    def state(self) -> LiveState:
        """Where the stream stands now."""
        now = self._clock()
        with self._lock:
            shown = self._shown if self._shown and now - self._shown.at_s < GONE_S else None
            return LiveState(
                frames=self._frames,
                frame_rate=_rate(self._frame_times, now),
                result_rate=_rate(self._result_times, now),
                latency_s=shown.ready_s - shown.at_s if shown else None,
                silent_s=now - self._frame_times[-1] if self._frame_times else None,
                waited_s=now - self._opened_s,
                advice=shown.result.advice if shown else Advice.NONE,
                naming=shown.naming if shown else None,
                is_frozen=self._frozen is not None,
                is_closed=self._is_closed,
                error=self._error,
            )

    def choose(self, choices: LiveChoices) -> None:
        """Other models or layers, from the next frame on."""
        with self._lock:
            if choices == self._choices:
                return
            if replace(choices, show_heat=self._choices.show_heat) != self._choices:
                self._steadiness, self._shown, self._error = Steadiness(), None, None
            self._choices = choices

    def freeze(self) -> None:
        """Hold the picture as it is shown now."""
        with self._lock:
            if self._last is not None:
                self._frozen = _drawn(_sendable(self._last), self._shown, self._clock(), self._choices)

    def resume(self) -> None:
        """Let the picture move again."""
        with self._lock:
            self._frozen = None

    def frame(self) -> np.ndarray | None:
        """The last frame (while frozen, the one that is held) at full resolution, nothing drawn on it."""
        with self._lock:
            return self._last

    def is_silent(self) -> bool:
        """True where frames stopped coming, or never began to."""
        with self._lock:
            since = self._frame_times[-1] if self._frame_times else self._opened_s
            return self._clock() - since > (SILENT_S if self._frame_times else UNOPENED_S)

    def close(self) -> None:
        """Give everything back but the recorded numbers and a frozen frame; closing twice is harmless."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed, self._waiting, self._shown = True, None, None
            if self._frozen is None:
                self._last = None
        self._workers.leave(self)
        self._on_close()

    def record_csv(self) -> str:
        """The numbers of every result so far: time, latency, quality, area, and the smoothed classes."""
        with self._lock:
            rows = list(self._rows)
        codes = rows[-1][0].result.codes if rows else ()
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(["seconds", "latency_s", "advice", "area_fraction", "sharpness", "shown", *codes])
        for shown, probs in rows:
            table.writerow(_row(shown, probs if shown.result.codes == codes else None, self._opened_s))
        return text.getvalue()

    def _take(self, result: FrameResult, at_s: float) -> None:
        now = self._clock()
        with self._lock:
            if self._is_closed:
                return
            naming = self._steadiness.add(result, at_s)
            self._shown, self._error = _Shown(result, at_s, now, naming), None
            self._result_times.append(now)
            bare = replace(self._shown, result=replace(result, borders=(), heatmap=None))
            self._rows.append((bare, self._steadiness.probs))


def _drawn(image: np.ndarray, shown: _Shown | None, now: float, choices: LiveChoices) -> np.ndarray:
    """The frame with the newest result on it, the paler the older that is."""
    if shown is None:
        return image
    opacity = float(np.clip((GONE_S - (now - shown.at_s)) / (GONE_S - FRESH_S), 0, 1))
    if opacity == 0:
        return image
    if choices.show_heat and shown.result.heatmap is not None:
        image = overlay_heatmap(image, shown.result.heatmap, FULL_HEAT, HEAT_OPACITY * opacity)
    return draw_borders(image, shown.result.borders, opacity)


def _sendable(image: np.ndarray) -> np.ndarray:
    """The frame at a size that every video encoder takes: not too long, sides even and not too small."""
    small = thumbnail(image, SHOWN_SIDE_PX)
    height, width = (max(SMALLEST_PX, side // 2 * 2) for side in small.shape[:2])
    if (height, width) == small.shape[:2]:
        return small.copy() if small is image else small
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def _rate(times: deque[float], now: float) -> float:
    return sum(now - time <= RATE_S for time in times) / RATE_S


def _row(shown: _Shown, probs: np.ndarray | None, opened_s: float) -> list:
    result = shown.result
    return [
        f"{shown.at_s - opened_s:.3f}",
        f"{shown.ready_s - shown.at_s:.3f}",
        str(result.advice),
        f"{result.area_fraction:.4f}",
        f"{result.sharpness:.3f}",
        shown.naming.code if shown.naming else "",
        *(f"{prob:.4f}" for prob in (probs if probs is not None else ())),
    ]
