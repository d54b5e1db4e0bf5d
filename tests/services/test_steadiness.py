"""When a class may be shown."""

import numpy as np
import pytest

from skinapp.services.frame import Advice, FrameResult
from skinapp.services.steadiness import SMOOTHING_S, Steadiness

CODES = ("mel", "nv")


def result(nv=0.9, advice=Advice.NONE, is_dermoscopy=True):
    return FrameResult((), 0.2, 0.7, advice, CODES, np.array([1 - nv, nv]), is_dermoscopy=is_dermoscopy)


def test_a_class_is_shown_after_half_a_second_and_not_before():
    steadiness = Steadiness()
    shown = [steadiness.add(result(), 0.1 * index) for index in range(7)]
    assert [naming is not None for naming in shown] == [False] * 5 + [True] * 2
    assert shown[-1].code == "nv"
    assert shown[-1].prob == pytest.approx(0.9)


@pytest.mark.parametrize("advice", [known for known in Advice if known is not Advice.NONE])
def test_one_poor_frame_starts_the_half_second_anew(advice):
    steadiness = Steadiness()
    for index in range(6):
        steadiness.add(result(), 0.1 * index)
    assert steadiness.add(result(advice=advice), 0.6) is None
    assert steadiness.add(result(), 0.7) is None
    assert steadiness.add(result(), 1.1) is None
    assert steadiness.add(result(), 1.25) is not None


def test_another_class_has_to_hold_as_long():
    steadiness = Steadiness()
    for index in range(10):
        steadiness.add(result(nv=0.9), 0.1 * index)
    shown = [steadiness.add(result(nv=0.0), 1 + 0.1 * index) for index in range(12)]
    codes = [naming.code if naming else None for naming in shown]
    first = codes.index(None)
    assert set(codes[:first]) <= {"nv"}  # smoothing: one frame does not turn the class over
    assert codes[-1] == "mel"
    assert codes.count(None) == 5


@pytest.mark.parametrize(("others", "is_doubted"), [(0, False), (4, False), (5, True), (7, True)])
def test_a_class_is_doubted_where_most_of_its_frames_were_no_dermoscopy(others, is_doubted):
    steadiness = Steadiness()
    for index in range(7):  # the first is given up again
        naming = steadiness.add(result(is_dermoscopy=index >= others), 0.1 * index)
    assert naming.is_doubted is is_doubted


def test_smoothing_follows_the_formula():
    steadiness = Steadiness()
    steadiness.add(result(nv=1.0), 0.0)
    steadiness.add(result(nv=0.0), SMOOTHING_S)
    assert steadiness.probs[1] == pytest.approx(np.exp(-1))


def test_a_gap_between_results_does_not_count_as_holding():
    steadiness = Steadiness()
    steadiness.add(result(), 0.0)
    assert steadiness.add(result(), 0.6) is None


def test_after_a_lesion_was_gone_for_a_second_its_probabilities_are_forgotten():
    steadiness = Steadiness()
    steadiness.add(result(nv=1.0), 0.0)
    for index in range(1, 13):
        steadiness.add(result(nv=1.0, advice=Advice.NO_LESION), 0.1 * index)
    steadiness.add(result(nv=0.2), 1.3)
    assert steadiness.probs[1] == pytest.approx(0.2)


def test_without_a_classifier_nothing_is_named():
    bare = FrameResult((), 0.2, 0.7, Advice.NONE)
    steadiness = Steadiness()
    assert all(steadiness.add(bare, 0.1 * index) is None for index in range(20))
