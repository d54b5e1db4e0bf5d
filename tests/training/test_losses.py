"""Losses against hand-made values and slow or independent references."""

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch.nn import functional as F

from skinapp.training import losses

CERTAIN = 50.0


def masks(seed=0, side=16):
    generator = torch.Generator().manual_seed(seed)
    target = (torch.rand(2, 1, side, side, generator=generator) > 0.6).float()
    logits = torch.randn(2, 1, side, side, generator=generator)
    return logits, target


@pytest.mark.parametrize("name", losses.SEGMENTATION_LOSSES)
def test_a_perfect_prediction_costs_nothing_and_the_opposite_much(name):
    _, target = masks()
    loss = losses.SEGMENTATION_LOSSES[name]
    sure = (target * 2 - 1) * CERTAIN
    assert float(loss(sure, target)) == pytest.approx(0, abs=1e-4)
    assert float(loss(-sure, target)) > 0.9


def test_overlap_losses_on_a_case_checked_by_hand():
    # P = [1, 1, 0, 0], T = [1, 0, 0, 0]: overlap 1, |P| = 2, |T| = 1; each ratio is smoothed by 1.
    logits = torch.tensor([CERTAIN, CERTAIN, -CERTAIN, -CERTAIN]).reshape(1, 1, 2, 2)
    target = torch.tensor([1.0, 0, 0, 0]).reshape(1, 1, 2, 2)
    assert float(losses.dice_loss(logits, target)) == pytest.approx(1 - 3 / 4)
    assert float(losses.squared_dice_loss(logits, target)) == pytest.approx(1 - 3 / 4)
    assert float(losses.jaccard_loss(logits, target)) == pytest.approx(1 - 2 / 3)


def test_the_squared_denominator_matters_for_unsure_pixels():
    # P = [1/2, 1/2], T = [1, 0]: overlap 1/2; |P| + |T| = 2, squared 1/2 + 1.
    logits, target = torch.zeros(1, 1, 1, 2), torch.tensor([[[[1.0, 0.0]]]])
    assert float(losses.dice_loss(logits, target)) == pytest.approx(1 - 2 / 3)
    assert float(losses.squared_dice_loss(logits, target)) == pytest.approx(1 - 2 / 2.5)


def test_an_empty_target_gives_a_finite_loss_and_gradient():
    for loss in losses.SEGMENTATION_LOSSES.values():
        logits = torch.zeros(1, 1, 16, 16, requires_grad=True)
        value = loss(logits, torch.zeros(1, 1, 16, 16))
        value.backward()
        assert torch.isfinite(value)
        assert torch.isfinite(logits.grad).all()


def test_ssim_agrees_with_a_slow_loop():
    logits, target = masks(side=9)
    prob, truth = torch.sigmoid(logits).numpy(), target.numpy()
    values = []
    for image, mask in zip(prob[:, 0], truth[:, 0], strict=True):
        for row in range(9):
            for column in range(9):
                window = slice(max(0, row - 2), row + 3), slice(max(0, column - 2), column + 3)
                p, t = image[window], mask[window]
                covariance = ((p - p.mean()) * (t - t.mean())).mean()
                values.append(
                    (2 * p.mean() * t.mean() + 1e-4)
                    * (2 * covariance + 9e-4)
                    / ((p.mean() ** 2 + t.mean() ** 2 + 1e-4) * (p.var() + t.var() + 9e-4))
                )
    assert float(losses.ssim_loss(logits, target, window=5)) == pytest.approx(1 - np.mean(values), abs=1e-5)


def test_hybrid_losses_are_the_sums_of_their_parts():
    logits, target = masks()
    prob = torch.sigmoid(logits)
    right = torch.where(target > 0, prob, 1 - prob)
    focal = (-((1 - right) ** 2) * right.log()).mean()
    parts = focal + losses.ssim_loss(logits, target) + losses.jaccard_loss(logits, target)
    assert float(losses.focal_ssim_jaccard(logits, target)) == pytest.approx(float(parts), rel=1e-5)
    both = F.binary_cross_entropy(prob, target) + losses.dice_loss(logits, target)
    assert float(losses.bce_dice(logits, target)) == pytest.approx(float(both), rel=1e-5)


def test_class_weights_at_full_power_are_those_of_scikit_learn():
    targets = np.repeat([0, 1, 2], [50, 10, 5])
    expected = compute_class_weight("balanced", classes=np.arange(3), y=targets)
    weights = losses.class_weights(torch.tensor([50.0, 10, 5]), power=1.0)
    assert weights.numpy() == pytest.approx(expected, rel=1e-5)


def test_a_malignant_lesion_weighs_as_often_as_said():
    logits = torch.tensor([[0.0, 1.0], [2.0, 0.0], [0.5, 0.0]])
    targets = torch.tensor([1, 1, 0])
    each = F.cross_entropy(logits, targets, reduction="none")
    expected = (10 * each[0] + 10 * each[1] + each[2]) / 21
    assert float(losses.malignant_cross_entropy(10.0)(logits, targets)) == pytest.approx(float(expected))
