"""What the papers behind this project report: other data and splits, never averaged with our figures."""

from dataclasses import dataclass

import numpy as np

from skinapp.i18n import marked
from skinapp.metrics.classification import accuracy, balanced_accuracy, class_rates, confusion_matrix

OUTLINE, CLASS = "segmentation", "classification"

# Paper C, its confusion matrix: rows truly benign and malignant, columns called benign and malignant.
SMARTPHONE_MATRIX = np.array([[686, 91], [21, 53]])


# Paper B, its table: accuracy by sampling (DenseNet169 under, ResNet50 over) and split.
SAMPLING_STUDY = {
    ("under", "80:20"): 0.9120,
    ("under", "70:30"): 0.8770,
    ("under", "40:60"): 0.8280,
    ("over", "80:20"): 0.8300,
    ("over", "70:30"): 0.8090,
    ("over", "40:60"): 0.8160,
}


@dataclass(frozen=True)
class Reported:
    """A row as a paper gives it: ``figures`` are fractions by key, ``data`` is marked for translation."""

    paper: str
    model: str
    task: str
    data: str
    figures: dict[str, float]


def from_matrix(matrix: np.ndarray) -> dict[str, float]:
    """What a binary confusion matrix gives, the second class being the positive one."""
    cells = [(true, pred) for true in (0, 1) for pred in (0, 1) for _case in range(matrix[true, pred])]
    targets, pred = np.array(cells).T
    rates = class_rates(confusion_matrix(pred, targets, 2))
    return {
        "accuracy": accuracy(pred, targets),
        "balanced_accuracy": balanced_accuracy(pred, targets),
        "precision": float(rates.precision[1]),
        "recall": float(rates.sensitivity[1]),
        "specificity": float(rates.specificity[1]),
        "f1": float(rates.f1[1]),
    }


def reported_rows() -> tuple[Reported, ...]:
    """All rows, by task and paper."""
    return (*_outlines(), *_classes())


def _outlines() -> tuple[Reported, ...]:
    attention, enhanced, web = (
        "Spatial attention segmentation",
        "SkinSegmentSRGAN",
        "Multi-skin-cancer web application",
    )
    isic = marked("ISIC, 995 photographs, split 80/20")
    return (
        Reported(attention, "U-Net", OUTLINE, isic, {"iou": 0.59, "pixel_accuracy": 0.78}),
        Reported(attention, "DeepLabV3", OUTLINE, isic, {"iou": 0.76, "pixel_accuracy": 0.80}),
        *(
            Reported(
                enhanced,
                "U-Net, EfficientNet-B3",
                OUTLINE,
                data,
                dict(zip(("dice", "iou", "precision", "recall"), values, strict=True)),
            )
            for data, values in (
                (marked("ISIC 2018"), (0.915, 0.844, 0.923, 0.907)),
                (marked("PH2"), (0.927, 0.865, 0.935, 0.919)),
                (marked("Derm7pt"), (0.903, 0.824, 0.911, 0.895)),
            )
        ),
        Reported(
            web,
            "U-Net++",
            OUTLINE,
            marked("validation photographs"),
            {"dice": 0.8552, "iou": 0.7486, "precision": 0.8754, "recall": 0.9170},
        ),
    )


def _classes() -> tuple[Reported, ...]:
    sampling, phone, web = (
        "CNN sampling study",
        "Smartphone binary classifier",
        "Multi-skin-cancer web application",
    )
    splits = {
        "80:20": marked("HAM10000, split 80:20"),
        "70:30": marked("HAM10000, split 70:30"),
        "40:60": marked("HAM10000, split 40:60"),
    }
    models = {"under": "DenseNet169, undersampling", "over": "ResNet50, oversampling"}
    printed = {"accuracy": 0.868, "precision": 0.716, "recall": 0.368, "specificity": 0.716, "f1": 0.243}
    return (
        *(
            Reported(sampling, models[by], CLASS, splits[ratio], {"accuracy": value})
            for (by, ratio), value in SAMPLING_STUDY.items()
        ),
        Reported(phone, "ResNet50, two classes", CLASS, marked("851 photographs, as printed"), printed),
        Reported(
            phone,
            "ResNet50, two classes",
            CLASS,
            marked("the same, computed from its confusion matrix"),
            from_matrix(SMARTPHONE_MATRIX),
        ),
        Reported(web, "InceptionV3", CLASS, marked("HAM10000, seven classes"), {"accuracy": 0.86}),
    )


NOTES = (
    marked(
        "The sampling study also gives 82.9 % for undersampling in its text, and 80.3 % (F1 80.8 %) and "
        "81.2 % (F1 81.56 %) for its two models."
    ),
    marked(
        "The smartphone study prints precision 0.716 and sensitivity 0.368; its confusion matrix gives them "
        "the other way round, specificity 0.883 in place of 0.716, and F1 0.486, twice what is printed."
    ),
    marked("The attention study shows its figures with attention only as plots."),
)
