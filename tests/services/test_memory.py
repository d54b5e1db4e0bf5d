"""Free memory goes back to the system."""

import platform

import numpy as np
import pytest

from skinapp.benchmark.machine import resident_mb
from skinapp.services import workers
from skinapp.services.memory import give_back
from skinapp.services.workers import PATROLS_TO_TRIM, Workers


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked for free memory")
def test_gaps_between_what_is_in_use_go_back():
    # Every second of 4,000 blocks of 64 KiB stays, so that nothing at the end of the heap is free.
    blocks = [np.ones(1 << 16, np.uint8) for _block in range(4000)]
    kept = blocks[::2]
    del blocks
    before_mb = resident_mb()
    give_back()
    assert before_mb - resident_mb() > 60
    assert all(block.all() for block in kept)


def test_workers_tidy_up_now_and_then(monkeypatch):
    calls = []
    monkeypatch.setattr(workers, "give_back", lambda: calls.append(1))
    shared = Workers(threads=0)
    for _patrol in range(2 * PATROLS_TO_TRIM):
        shared.patrol()
    assert len(calls) == 2
