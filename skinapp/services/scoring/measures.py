"""The figures of the scorecard in the order in which they are shown, with their plain meaning."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skinapp.i18n import marked
from skinapp.metrics import segmentation
from skinapp.metrics.boundary import boundary_scores


@dataclass(frozen=True)
class Measure:
    """``name`` and ``meaning`` are marked for translation; of most figures a higher one is better."""

    key: str
    name: str
    meaning: str
    higher_is_better: bool = True
    unit: str = ""
    decimals: int = 3


OUTLINE = (
    Measure("iou", marked("IoU"), marked("overlap with the expert's outline, 1 is perfect")),
    Measure("dice", marked("Dice"), marked("overlap, counted more kindly than IoU")),
    Measure(
        "thresholded_jaccard",
        marked("Jaccard ≥ 0.65"),
        marked("the score of ISIC 2018: IoU, counted as 0 below 0.65"),
    ),
    Measure(
        "boundary_f1",
        marked("Border F1"),
        marked("share of the border that lies where the expert's does, within 0.75% of the diagonal"),
    ),
    Measure(
        "hausdorff_95",
        marked("Hausdorff 95"),
        marked("distance between the borders that 95% of them stay within, lower is better"),
        higher_is_better=False,
        unit="px",
        decimals=1,
    ),
    Measure("precision", marked("Precision"), marked("share of the drawn lesion that is lesion")),
    Measure("recall", marked("Sensitivity"), marked("share of the lesion that was found")),
    Measure("specificity", marked("Specificity"), marked("share of the skin that was left free")),
    Measure("pixel_accuracy", marked("Pixel accuracy"), marked("share of all pixels that are right")),
)

CLASS = (
    Measure(
        "balanced_accuracy",
        marked("Balanced accuracy"),
        marked("share of each class that is named rightly, mean over the classes; the score of ISIC 2018"),
    ),
    Measure("accuracy", marked("Accuracy"), marked("share of photographs whose class is named rightly")),
    Measure(
        "macro_auc", marked("AUC"), marked("chance to rank a case above a non-case, mean over the classes")
    ),
    Measure(
        "macro_average_precision",
        marked("Average precision"),
        marked("area under precision and recall, mean over the classes"),
    ),
    Measure("macro_f1", marked("F1"), marked("precision and sensitivity in one, mean over the classes")),
    Measure(
        "expected_calibration_error",
        marked("Calibration error"),
        marked("mean gap between the probability given and the share that is right, lower is better"),
        higher_is_better=False,
    ),
    Measure(
        "brier_score",
        marked("Brier score"),
        marked("squared error of the probabilities, 0 to 2, lower is better"),
        higher_is_better=False,
    ),
)

SUSPICION = (
    Measure("suspicion_auc", marked("AUC"), marked("chance to rank a suspicious lesion above a benign one")),
    Measure(
        "suspicion_sensitivity",
        marked("Sensitivity"),
        marked("share of the malignant and pre-malignant lesions that are called so, at 50%"),
    ),
    Measure(
        "suspicion_specificity",
        marked("Specificity"),
        marked("share of the benign lesions that are called so, at 50%"),
    ),
)


def measure(key: str) -> Measure:
    """The measure with this key; `ValueError` for an unknown one."""
    for known in (*OUTLINE, *CLASS, *SUSPICION):
        if known.key == key:
            return known
    raise ValueError(f"there is no measure {key!r}")


def outline_scores(pred: np.ndarray, target: np.ndarray) -> dict[str, float]:
    """Every measure of `OUTLINE` for one pair of masks, bool (H, W) of one shape."""
    border = boundary_scores(pred, target)
    scores = {key: function(pred, target) for key, function in _PIXEL_FUNCTIONS.items()}
    return scores | {"boundary_f1": border.f1, "hausdorff_95": border.hausdorff_95_px}


_PIXEL_FUNCTIONS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "iou": segmentation.iou,
    "dice": segmentation.dice,
    "thresholded_jaccard": segmentation.thresholded_jaccard,
    "pixel_accuracy": segmentation.pixel_accuracy,
    "precision": segmentation.precision,
    "recall": segmentation.recall,
    "specificity": segmentation.specificity,
}


def share_of(found: np.ndarray) -> float:
    """The share of bool (N,) that is true, rounded as records keep it."""
    return round(float(found.mean()), 4)
