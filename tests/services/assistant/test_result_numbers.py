from dataclasses import replace

import numpy as np
import pytest

from skinapp.imaging.quality import assess_quality
from skinapp.imaging.synthetic import draw_lesion
from skinapp.labels import HAM7_CODES
from skinapp.results import Analysis, Caution, Likeness, ModelUse, Photograph, Prediction
from skinapp.services.assistant.result_numbers import numbers_in_words, numbers_of


@pytest.fixture
def analysis():
    image = draw_lesion(2, 120, 160)[0]
    probs = np.array([0.02, 0.03, 0.05, 0.02, 0.05, 0.8, 0.03], np.float32)
    use = ModelUse("net", "0" * 64, "nowhere", 0.0)
    prediction = Prediction(HAM7_CODES, probs, np.zeros((7, 0, 0), np.float32), use)
    photograph = Photograph("arm.jpg", image, "0" * 64)
    return Analysis(photograph, assess_quality(image), image, (), 0.5, prediction=prediction)


def test_a_refused_picture_has_no_class_and_says_why(analysis):
    refused = replace(analysis, prediction=None, caution=Caution(Likeness.NONE, (), ()))
    numbers = numbers_of(refused)
    assert numbers["classes"] is None
    assert "like none of the skin lesions" in numbers_in_words(numbers)


def test_a_photograph_without_a_dermatoscope_is_told(analysis):
    numbers = numbers_of(replace(analysis, caution=Caution(Likeness.OTHER, (), ())))
    assert numbers["classes"] is not None
    assert "dermatoscope" in numbers_in_words(numbers)


def test_dermoscopy_needs_no_word(analysis):
    known = replace(analysis, caution=Caution(Likeness.DERMOSCOPY, (), ()))
    assert numbers_of(known)["refusals"] == numbers_of(analysis)["refusals"]
