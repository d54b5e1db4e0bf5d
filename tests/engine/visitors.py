"""Many visitors at one engine."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np


def assert_visitors_do_not_disturb_each_other(ask, shared, alone, photographs):
    """``ask(engine, image)`` gives arrays: of all images at once the same, bit by bit, as of each alone."""
    together = Barrier(len(photographs))

    def visit(image):
        together.wait()
        return [ask(shared, image) for _ in range(3)]

    with ThreadPoolExecutor(len(photographs)) as pool:
        visits = list(pool.map(visit, photographs))
    for image, answers in zip(photographs, visits, strict=True):
        expected = ask(alone, image)
        for answer in answers:
            assert all(np.array_equal(a, b) for a, b in zip(answer, expected, strict=True))
