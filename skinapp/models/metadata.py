"""A classifier that also hears of age, sex and site.

What is known shifts the logits and leaves the photograph's part alone. Where the photograph x and the facts m
are independent given the class k, Bayes' rule gives

    log p(k | x, m) = log p(k | x) + log p(k | m) - log p(k) + const

The shift is that difference, linear in one-hot facts. Unknown facts are zeros and shift nothing.
"""

import numpy as np
import torch
from torch import nn

from skinapp.models.classifier import MobileNetV2Classifier
from skinapp.patient import SEXES, SITES, Patient

DECADES = 9  # 0 to 9, 10 to 19, ..., 80 and more
GROUPS = (DECADES, len(SEXES), len(SITES))  # how many columns tell of age, of sex, of site
FACTS = sum(GROUPS)


def facts_of(patient: Patient) -> np.ndarray:
    """Age by decades, sex and site as float32 (FACTS,) of ones and zeros; zeros for what is unknown.

    >>> int(facts_of(Patient(age=34)).argmax())
    3
    """
    facts = np.zeros(FACTS, np.float32)
    if patient.age is not None:
        facts[min(int(patient.age // 10), DECADES - 1)] = 1
    if patient.sex is not None:
        facts[DECADES + list(SEXES).index(patient.sex)] = 1
    if patient.site is not None:
        facts[DECADES + len(SEXES) + list(SITES).index(patient.site)] = 1
    return facts


class MetadataClassifier(MobileNetV2Classifier):
    """MobileNetV2 whose logits are shifted by facts (N, FACTS); without any it is the classifier alone."""

    def __init__(self, classes: int, width: float = 1.0):
        super().__init__(classes, width)
        self.metadata = nn.Linear(FACTS, classes, bias=False)
        nn.init.zeros_(self.metadata.weight)

    def decode(self, features: torch.Tensor, facts: torch.Tensor | None = None) -> torch.Tensor:
        """Logits from the last feature map, and facts where there are some."""
        logits = super().decode(features)
        return logits if facts is None else logits + self.metadata(facts)
