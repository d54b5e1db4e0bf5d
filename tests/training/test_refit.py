"""The last layer, fitted: the optimum that scikit-learn finds."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn

from skinapp.errors import ModelError
from skinapp.models import registry, zoo  # noqa: F401
from skinapp.training.refit import last_layer, logistic_regression

PENALTY = 0.01


def drawn(rows=300, channels=5, classes=3):
    random = np.random.default_rng(0)
    targets = random.integers(0, classes, rows)
    centres = random.normal(size=(classes, channels))
    features = (centres[targets] + random.normal(size=(rows, channels))) * [1, 10, 0.1, 3, 1] + 7
    return features, targets


def test_agrees_with_scikit_learn():
    features, targets = drawn()
    weight, bias = logistic_regression(torch.from_numpy(features), torch.from_numpy(targets), 3, PENALTY)
    known = (features - features.mean(axis=0)) / features.std(axis=0)
    reference = LogisticRegression(C=1 / (2 * PENALTY * len(targets)), tol=1e-8, max_iter=1000)
    reference.fit(known, targets)
    probs = (torch.from_numpy(features).float() @ weight.T + bias).softmax(dim=1)
    np.testing.assert_allclose(probs, reference.predict_proba(known), atol=2e-4)


def test_a_feature_that_never_changes_shifts_nothing():
    features, targets = map(torch.from_numpy, drawn())
    still = torch.cat([features, torch.full((len(features), 1), 4.0)], dim=1)
    weight, bias = logistic_regression(features, targets, 3, PENALTY)
    with_still, its_bias = logistic_regression(still, targets, 3, PENALTY)
    assert with_still[:, -1].tolist() == [0, 0, 0]
    logits, expected = still.float() @ with_still.T + its_bias, features.float() @ weight.T + bias
    torch.testing.assert_close(logits, expected, rtol=1e-3, atol=1e-3)


def test_a_class_without_rows_is_not_expected():
    features, targets = map(torch.from_numpy, drawn())
    weight, bias = logistic_regression(features, targets, 4, PENALTY)
    probs = (features.float() @ weight.T + bias).softmax(dim=1)
    assert probs[:, 3].max() < 0.02


def test_only_a_classifier_with_a_linear_end_has_a_last_layer():
    network = registry.entry("tiny-ham7").build()
    assert last_layer(network) is network.classifier[-1]
    for other in ("tiny-unet", "tiny-vit7"):
        with pytest.raises(ModelError, match="last layer"):
            last_layer(registry.entry(other).build())
    with pytest.raises(ModelError, match="last layer"):
        last_layer(nn.Sequential(nn.Linear(2, 2)))
