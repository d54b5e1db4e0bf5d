"""When a class may be shown: its probability smoothed over time, and the rule that it must hold still."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from skinapp.services.frame import Advice, FrameResult

SMOOTHING_S = 0.4  # after which a sudden change has come through to 63 %
STEADY_S = 0.5  # for which quality and class must have held
LOST_S = 1.0  # without a result, or without a lesion: what was before no longer counts


@dataclass(frozen=True)
class Naming:
    """A class that may be shown, with its smoothed probability; doubted where most of the frames that it
    rests on were not taken through a dermatoscope."""

    code: str
    prob: float
    is_doubted: bool = False


class Steadiness:
    """Follows the results of one stream in the order of their frames."""

    def __init__(self):
        self.probs: np.ndarray | None = None
        self._held: deque[tuple[float, str, bool]] = deque()  # time, class, whether dermoscopy
        self._last_s = -np.inf
        self._lesion_s = -np.inf

    def add(self, result: FrameResult, at_s: float) -> Naming | None:
        """Take in the result of the frame of the time ``at_s``; the class that may be shown now, if any."""
        if at_s - self._last_s > LOST_S or at_s - self._lesion_s > LOST_S:
            self._forget()
        if at_s - self._last_s > STEADY_S:
            self._held.clear()
        if result.advice is not Advice.NO_LESION:
            self._lesion_s = at_s
        self._smooth(result.probs, at_s - self._last_s)
        self._last_s = at_s
        return self._named(result, at_s)

    def _forget(self) -> None:
        self.probs = None
        self._held.clear()

    def _smooth(self, probs: np.ndarray | None, passed_s: float) -> None:
        """p <- p + (1 - exp(-t / SMOOTHING_S)) (new - p)."""
        if probs is None or self.probs is None or len(probs) != len(self.probs):
            self.probs = probs
        else:
            share = 1 - np.exp(-passed_s / SMOOTHING_S)
            self.probs = self.probs + share * (probs - self.probs)

    def _named(self, result: FrameResult, at_s: float) -> Naming | None:
        if result.advice is not Advice.NONE or self.probs is None:
            self._held.clear()
            return None
        top = int(np.argmax(self.probs))
        code = result.codes[top]
        if self._held and self._held[-1][1] != code:
            self._held.clear()
        self._held.append((at_s, code, result.is_dermoscopy))
        while len(self._held) > 2 and at_s - self._held[1][0] >= STEADY_S:
            self._held.popleft()
        if at_s - self._held[0][0] < STEADY_S:
            return None
        doubts = sum(not is_dermoscopy for _at_s, _code, is_dermoscopy in self._held)
        return Naming(code, float(self.probs[top]), 2 * doubts > len(self._held))
