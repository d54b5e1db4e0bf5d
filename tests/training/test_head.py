"""The head that learns by itself: what one layer cannot tell, in groups that answer alone."""

import pytest
import torch
from torch import nn

from skinapp.models.card import Recipe
from skinapp.training.head import answers_of_groups, learn_head

RECIPE = Recipe("ham10000", "cross-entropy", ((0, 64),), batch_size=32, learning_rate=1e-2, head_epochs=60)


def built(classes=2, channels=2, hidden=32):
    torch.manual_seed(0)
    norm = nn.BatchNorm1d(channels, affine=False)
    layers = nn.Linear(channels, hidden), nn.GELU(), nn.Dropout(0.1), nn.Linear(hidden, classes)
    return nn.Sequential(norm, nn.Dropout(0.0), *layers)


def corners(rows=256):
    """Two features of very different size whose signs tell the class together, neither by itself."""
    torch.manual_seed(1)
    features = torch.rand(rows, 2) * 2 - 1
    targets = (features[:, 0] * features[:, 1] > 0).long()
    return features * torch.tensor([1e-3, 1e3]) + 5e-4, targets


@pytest.mark.parametrize("groups", [1, 4])
def test_each_group_learns_what_one_layer_cannot_tell(groups):
    features, targets = corners()
    head = built()
    learn_head(head, features, targets, replaced(groups))
    assert not head.training
    with torch.no_grad():
        answers = answers_of_groups(head, features, groups)
        torch.testing.assert_close(answers.mean(dim=1), head(features))
    assert answers.shape == (256, groups, 2)
    right = (answers.argmax(dim=2) == targets[:, None]).float().mean(dim=0)
    assert (right > 0.9).all()


def test_batch_norm_knows_all_features_and_nothing_of_batches():
    features, targets = corners()
    head = built()
    learn_head(head, features, targets, replaced(1, epochs=1))
    torch.testing.assert_close(head[0].running_mean, features.mean(dim=0))
    torch.testing.assert_close(head[0].running_var, features.var(dim=0, correction=0))


def replaced(groups, epochs=60):
    return Recipe(**{**vars(RECIPE), "head_groups": groups, "head_epochs": epochs})
