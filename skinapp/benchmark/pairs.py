"""Two ways to the same answer, timed in turns."""

from collections.abc import Callable
from time import perf_counter
from typing import Any, TypeVar

import numpy as np

Given = TypeVar("Given")


def milliseconds(way: Callable[[Given], Any], given: Given) -> float:
    """How long one answer takes."""
    start = perf_counter()
    way(given)
    return 1000 * (perf_counter() - start)


def in_turns(
    ours: Callable[[Given], Any], plain: Callable[[Given], Any], given: Given, pairs: int
) -> np.ndarray:
    """Times in ms (pairs, 2): ours and the plain way, one after the other."""
    return np.array([[milliseconds(way, given) for way in (ours, plain)] for _pair in range(pairs)])


def summary(pairs_ms: np.ndarray) -> dict[str, Any]:
    """Medians in ms, and the ratio plain / ours over the pairs as quartiles."""
    ours, plain = pairs_ms.T
    return {
        "pairs": len(pairs_ms),
        "engine_ms": float(np.median(ours)),
        "plain_ms": float(np.median(plain)),
        "ratio_quartiles": np.quantile(plain / ours, [0.25, 0.5, 0.75]).tolist(),
    }
