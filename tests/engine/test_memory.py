"""Resident memory after large blocks were freed between small ones that stay."""

import subprocess
import sys

import pytest

from skinapp.engine.memory import LARGE_BYTES

# A block of 30 MB, freed, lets glibc take smaller ones from its heap, where small ones hold them fast.
PROGRAM = f"""
import sys
import numpy as np
from skinapp.engine.memory import return_large_blocks

def resident_mb():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096 / 1e6

if sys.argv[1] == "returned":
    assert return_large_blocks()
del (raising := [np.ones(30_000_000, np.uint8)])[:]
before, held, small = resident_mb(), [], []
for _round in range(300):
    held.append(np.ones({2 * LARGE_BYTES}, np.uint8))
    small.append(np.ones(5000, np.uint8))
del held[:]
print(resident_mb() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc is Linux's")
@pytest.mark.parametrize(("way", "is_level"), [("returned", True), ("kept", False)])
def test_large_blocks_go_back_to_the_system(way, is_level):
    done = subprocess.run([sys.executable, "-c", PROGRAM, way], capture_output=True, text=True, check=True)
    assert (float(done.stdout) < 20) is is_level
