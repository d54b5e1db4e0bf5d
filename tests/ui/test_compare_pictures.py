import numpy as np
import pytest

from skinapp.ui.compare_pictures import opening_words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.75, 0.92, "open almost alike everywhere, 0.75 to 0.92"),
        (0.01, 0.2, "almost closed everywhere, 0.01 to 0.20"),
        (0.4, 0.6, "half open almost alike everywhere, 0.40 to 0.60"),
        (0.1, 0.95, "open in some places more than in others, 0.10 to 0.95"),
    ],
)
def test_a_gate_is_put_into_words(low, high, words):
    assert opening_words(np.array([[low, high]], np.float32)) == words
