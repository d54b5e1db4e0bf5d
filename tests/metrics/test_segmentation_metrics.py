import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis.extra.numpy import arrays
from sklearn import metrics as sk
from torchmetrics.functional.classification import binary_jaccard_index
from torchmetrics.functional.segmentation import dice_score

from skinapp.metrics import segmentation as seg

NONE = np.zeros((2, 3), bool)
ALL = np.ones((2, 3), bool)
PRED = np.array([[1, 1, 0], [0, 1, 0]], bool)
TARGET = np.array([[1, 0, 0], [0, 1, 1]], bool)


def test_by_hand():
    assert seg.confusion(PRED, TARGET) == (2, 1, 1, 2)
    assert seg.iou(PRED, TARGET) == pytest.approx(2 / 4)
    assert seg.dice(PRED, TARGET) == pytest.approx(4 / 6)
    assert seg.pixel_accuracy(PRED, TARGET) == pytest.approx(4 / 6)
    assert seg.precision(PRED, TARGET) == pytest.approx(2 / 3)
    assert seg.recall(PRED, TARGET) == pytest.approx(2 / 3)
    assert seg.specificity(PRED, TARGET) == pytest.approx(2 / 3)


@pytest.mark.parametrize("seed", range(5))
def test_against_references(seed):
    rng = np.random.default_rng(seed)
    target = rng.random((40, 50)) < 0.3
    pred = target ^ (rng.random((40, 50)) < 0.2)
    flat = target.ravel(), pred.ravel()
    assert seg.iou(pred, target) == pytest.approx(sk.jaccard_score(*flat))
    assert seg.dice(pred, target) == pytest.approx(sk.f1_score(*flat))
    assert seg.precision(pred, target) == pytest.approx(sk.precision_score(*flat))
    assert seg.recall(pred, target) == pytest.approx(sk.recall_score(*flat))
    assert seg.specificity(pred, target) == pytest.approx(sk.recall_score(*flat, pos_label=False))
    assert seg.pixel_accuracy(pred, target) == pytest.approx(sk.accuracy_score(*flat))
    tensors = torch.from_numpy(pred), torch.from_numpy(target)
    assert seg.iou(pred, target) == pytest.approx(float(binary_jaccard_index(*tensors)), abs=1e-6)
    batch = [tensor[None, None].long() for tensor in tensors]
    assert seg.dice(pred, target) == pytest.approx(
        float(dice_score(*batch, num_classes=1, input_format="one-hot").squeeze()), abs=1e-6
    )


@pytest.mark.parametrize("measure", [seg.iou, seg.dice, seg.precision, seg.recall, seg.thresholded_jaccard])
def test_empty_masks(measure):
    assert measure(NONE, NONE) == 1
    assert measure(NONE, TARGET) == 0
    assert measure(PRED, NONE) == 0


def test_specificity_without_background():
    assert seg.specificity(ALL, ALL) == 1
    assert seg.specificity(NONE, ALL) == 0
    assert seg.specificity(ALL, NONE) == 0


def test_thresholded_jaccard_includes_its_floor():
    target = np.ones(100, bool)
    pred = np.arange(100) < 65
    assert seg.thresholded_jaccard(pred, target) == 0.65
    pred[64] = False
    assert seg.thresholded_jaccard(pred, target) == 0
    assert seg.thresholded_jaccard(pred, target, floor=0.5) == 0.64


def test_wrong_arguments():
    with pytest.raises(ValueError, match="bool"):
        seg.iou(PRED.astype(float), TARGET)
    with pytest.raises(ValueError, match="one shape"):
        seg.iou(PRED, TARGET.T)
    with pytest.raises(ValueError, match="pixels"):
        seg.iou(np.zeros((0, 3), bool), np.zeros((0, 3), bool))


masks = arrays(bool, (5, 6))


@given(masks, masks)
def test_properties(pred, target):
    iou, dice = seg.iou(pred, target), seg.dice(pred, target)
    assert dice == pytest.approx(2 * iou / (1 + iou))
    assert iou == seg.iou(target, pred) and dice == seg.dice(target, pred)
    for measure in (seg.pixel_accuracy, seg.precision, seg.recall, seg.specificity, seg.thresholded_jaccard):
        assert 0 <= measure(pred, target) <= 1
    assert seg.precision(pred, target) == seg.recall(target, pred)


def test_one_pixel():
    pixel = np.zeros((3, 3), bool)
    pixel[1, 1] = True
    assert seg.iou(pixel, pixel) == 1
    assert seg.iou(pixel, np.roll(pixel, 1)) == 0
    assert seg.specificity(pixel, np.roll(pixel, 1)) == pytest.approx(7 / 8)
