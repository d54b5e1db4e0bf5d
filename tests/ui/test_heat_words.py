"""What is said under a heat map."""

import numpy as np
import pytest

from skinapp.ui.heat_words import heat_words

MASK = np.array([[True, False]])


@pytest.mark.parametrize(
    ("heat", "mask", "words"),
    [
        ([3.0, 1.0], MASK, "75% of the heat lies inside the outline"),
        ([3.0, 1.0], None, ""),
        ([3.0, 1.0], ~MASK & MASK, ""),
        ([0.0, 0.0], MASK, "no heat"),
        ([0.06, 0.02], MASK, "faint, at most 6% of full heat; 75% of the heat lies inside the outline"),
        ([0.06, 0.02], None, "faint, at most 6% of full heat"),
    ],
)
def test_words(heat, mask, words):
    assert heat_words(np.float32([heat]), mask) == words
