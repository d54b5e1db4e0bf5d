import numpy as np
import pytest

from skinapp.imaging.overlay import OUTLINE_COLOUR
from skinapp.labels import HAM7_CODES, Group
from skinapp.results import ModelUse, Prediction
from skinapp.ui.charts import GROUP_COLOURS, probability_figure
from skinapp.ui.lesion_names import GROUP_SYMBOLS


@pytest.fixture
def figure():
    probs = np.array([0.1, 0.2, 0.05, 0.05, 0.5, 0.05, 0.05], np.float32)
    use = ModelUse("net", "0" * 64, "CPU", 0.0)
    return probability_figure(Prediction(HAM7_CODES, probs, np.zeros((7, 2, 2), np.float32), use))


def test_every_class_is_named_in_full_and_the_most_probable_is_on_top(figure):
    names = [annotation.text for annotation in figure.layout.annotations]
    assert len(names) == 7
    assert "Melanoma (mel), malignant" in names[-1]
    assert figure.data[0].text[-1] == "50%"
    assert figure.data[0].x[-1] == pytest.approx(0.5)


def test_the_disagreement_of_mirror_images_stands_behind_the_percentage():
    probs, spread = np.eye(7, dtype=np.float32)[4], np.full(7, 0.04, np.float32)
    use = ModelUse("net", "0" * 64, "CPU", 0.0)
    known = Prediction(HAM7_CODES, probs, np.zeros((7, 2, 2), np.float32), use, spread=spread)
    assert probability_figure(known).data[0].text[-1] == ">99% ± 4%"


def test_the_scale_is_the_whole_range(figure):
    assert tuple(figure.layout.xaxis.range) == (0, 1)


def test_groups_differ_by_colour_symbol_and_from_the_outline():
    assert len(set(GROUP_COLOURS.values())) == len(set(GROUP_SYMBOLS.values())) == len(Group)
    assert "#{:02X}{:02X}{:02X}".format(*OUTLINE_COLOUR) not in GROUP_COLOURS.values()
