"""How fast outlines are scored: every measure of the scorecard beside the usual torchmetrics loop."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

import cv2
import numpy as np
import torch

from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.services.scoring.measures import outline_scores

PAIRS, PLAIN_PAIRS, SIDE_PX = 10_000, 1_000, 256
KINDS = 50  # different pairs, used again and again so that drawing them takes no time
CORES = 2

Pair = tuple[np.ndarray, np.ndarray]


def scoring_speed(pairs: int = PAIRS, plain_pairs: int = PLAIN_PAIRS) -> dict[str, Any]:
    """Seconds for ``pairs`` mask pairs with all measures, and of the plain loop, which does the six pixel
    measures alone on ``plain_pairs`` of them; and the largest difference between both in those measures."""
    drawn = list(_drawn())
    plain = _plain()
    for pair in drawn:
        plain(*pair)
    ours, ours_s = _timed(lambda: _in_threads(drawn, pairs))
    theirs, plain_s = _timed(lambda: [plain(*drawn[k % KINDS]) for k in range(plain_pairs)])
    return {
        "pairs": pairs,
        "plain_pairs": plain_pairs,
        "side_px": SIDE_PX,
        "ours_s": ours_s,
        "plain_s": plain_s * pairs / plain_pairs,
        "largest_difference": max(
            abs(one[key] - value)
            for one, other in zip(ours, theirs, strict=False)
            for key, value in other.items()
        ),
    }


def _in_threads(drawn: list[Pair], pairs: int) -> list[dict[str, float]]:
    with ThreadPoolExecutor(CORES) as pool:
        return list(pool.map(lambda k: outline_scores(*drawn[k % KINDS]), range(pairs)))


def _drawn() -> Iterator[Pair]:
    """Two ellipses that overlap, with ragged borders."""
    random = np.random.default_rng(0)
    for _kind in range(KINDS):
        noise = cv2.GaussianBlur(random.normal(0, 6, (SIDE_PX, SIDE_PX)), (0, 0), 6)
        centre, radius = random.uniform(100, 156, 2), random.uniform(40, 90, 2)
        yield _ellipse(centre, radius, noise), _ellipse(centre + random.uniform(-8, 8, 2), radius, 0)


def _ellipse(centre: np.ndarray, radius: np.ndarray, noise: np.ndarray | float) -> np.ndarray:
    rows, columns = np.mgrid[:SIDE_PX, :SIDE_PX]
    return np.hypot((rows - centre[0]) / radius[0], (columns - centre[1]) / radius[1]) < 1 + 0.1 * noise


def _plain() -> Callable[[np.ndarray, np.ndarray], dict[str, float]]:
    try:
        from torchmetrics.functional import classification as tm
    except ImportError:
        raise SkinAppError(
            _("The benchmark compares with torchmetrics, which is not installed."),
            _("Install the project together with its development tools."),
        ) from None
    functions = {
        "iou": tm.binary_jaccard_index,
        "dice": tm.binary_f1_score,
        "pixel_accuracy": tm.binary_accuracy,
        "precision": tm.binary_precision,
        "recall": tm.binary_recall,
        "specificity": tm.binary_specificity,
    }

    def score(pred: np.ndarray, target: np.ndarray) -> dict[str, float]:
        tensors = torch.from_numpy(pred).int(), torch.from_numpy(target).int()
        return {key: float(function(*tensors)) for key, function in functions.items()}

    return score


def _timed(work: Callable[[], list[dict[str, float]]]) -> tuple[list[dict[str, float]], float]:
    start = perf_counter()
    result = work()
    return result, perf_counter() - start
