import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skinapp.metrics.prevalence import people, predictive_values

shares = st.floats(0, 1)


def test_by_hand():
    # 20 of 1,000 are ill; 19 are found; of 980 well ones 294 are alarmed.
    assert people(0.95, 0.7, 0.02) == (19, 1, 294, 686)
    positive, negative = predictive_values(0.95, 0.7, 0.02)
    assert positive == pytest.approx(19 / 313)
    assert negative == pytest.approx(686 / 687)


def test_nobody_called_has_no_predictive_value():
    positive, negative = predictive_values(0, 1, 0.1)
    assert math.isnan(positive) and negative == pytest.approx(0.9)


@given(shares, shares, shares)
def test_people_sum_up_and_stay_within_one_of_the_exact_numbers(sensitivity, specificity, prevalence):
    four = people(sensitivity, specificity, prevalence)
    assert sum(four) == 1000
    assert abs(four.found - 1000 * sensitivity * prevalence) < 1
    assert abs(four.alarmed - 1000 * (1 - specificity) * (1 - prevalence)) < 1


def test_shares_beyond_one_are_refused():
    with pytest.raises(ValueError, match="prevalence"):
        people(0.9, 0.9, 2)
