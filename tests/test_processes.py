"""Tests that share fixtures run in one process, in whichever number of processes; see `conftest.py`."""

import pytest

LAST = 4
ran = []


@pytest.mark.parametrize("number", range(LAST + 1))
def test_the_tests_of_a_file_run_in_one_process(number):
    """Handed out one by one, they would come to different processes, which know different ones of them."""
    ran.append(number)
    if number == LAST:
        assert ran == list(range(LAST + 1))
