"""How validation rows are scored."""

import math

import pytest
import torch

from skinapp.training.task import ClassificationTask


def score(logits, targets):
    return ClassificationTask.score(None, torch.tensor(logits), torch.tensor(targets))[0]


def test_a_classifier_that_knows_nothing_scores_the_logarithm_of_chance():
    assert score([[0.0] * 7] * 3, [0, 3, 6]) == pytest.approx(math.log(1 / 7))


def test_how_sure_a_classifier_sounds_does_not_change_its_score():
    logits, targets = [[2.0, 0.0], [0.5, 0.0], [1.0, 0.0]], [0, 0, 1]
    louder = [[5 * value for value in row] for row in logits]
    assert score(louder, targets) == pytest.approx(score(logits, targets), abs=1e-5)
    assert score(logits, targets) > score(logits, [1, 1, 0])
