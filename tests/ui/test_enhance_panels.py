import numpy as np
import pytest

from skinapp.ui.enhance_panels import full_levels


@pytest.mark.parametrize(
    ("most", "full"), [(0.0, 3.0), (2.9, 3.0), (3.1, 6.0), (11.0, 12.0), (13.0, 24.0), (90.0, 24.0)]
)
def test_the_scale_ends_at_the_first_step_that_holds_the_map(most, full):
    assert full_levels(np.full((20, 30), most, np.float32)) == full


def test_one_pixel_in_a_hundred_does_not_hide_the_rest():
    levels = np.full(1000, 2.0, np.float32)
    levels[:9] = 60
    assert full_levels(levels) == 3
    levels[:20] = 60
    assert full_levels(levels) == 24
