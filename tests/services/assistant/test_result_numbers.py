from dataclasses import replace

import numpy as np
import pytest

from skinapp.imaging.quality import assess_quality
from skinapp.imaging.synthetic import draw_lesion
from skinapp.labels import BINARY_CODES, HAM7_CODES
from skinapp.results import Alarm, Analysis, Caution, Likeness, ModelUse, Photograph, Prediction
from skinapp.services.assistant.result_numbers import is_suspicious, numbers_in_words, numbers_of, percents_of


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


@pytest.mark.parametrize(("prob", "is_alarmed"), [(0.55, False), (0.7, True)])
def test_levels_of_alarm_are_no_frequencies(analysis, prob, is_alarmed):
    two = replace(analysis.prediction, codes=BINARY_CODES, probs=np.array([1 - prob, prob], np.float32))
    caution = Caution(Likeness.DERMOSCOPY, (), (), Alarm(0.62, prob >= 0.62))
    numbers = numbers_of(replace(analysis, prediction=two, caution=caution))
    assert is_suspicious(numbers) is is_alarmed
    assert "alarm is given from 62%" in numbers_in_words(numbers)
    assert "62" in percents_of(numbers)


def test_a_model_is_never_certain(analysis):
    probs = np.array([0.0, 0.0, 0.0004, 0.0, 0.006, 0.9936, 0.0], np.float32)
    numbers = numbers_of(replace(analysis, prediction=replace(analysis.prediction, probs=probs)))
    told = {each["code"]: each["percent"] for each in numbers["classes"]["each"]}
    assert told == {"akiec": 0.1, "bcc": 0.1, "bkl": 0.1, "df": 0.1, "mel": 0.6, "nv": 99.4, "vasc": 0.1}
    assert numbers["classes"]["malignant or pre-malignant, percent"] == 0.6
    assert {"0.6", "99.4"} <= percents_of(numbers) and "0" not in percents_of(numbers)


def test_frequencies_are_suspicious_earlier(analysis):
    assert not is_suspicious(numbers_of(analysis))
    probs = np.array([0.02, 0.03, 0.05, 0.02, 0.25, 0.6, 0.03], np.float32)
    mel = replace(analysis, prediction=replace(analysis.prediction, probs=probs))
    assert is_suspicious(numbers_of(mel))
    assert "levels" not in numbers_in_words(numbers_of(mel))
