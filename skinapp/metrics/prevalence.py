"""What sensitivity and specificity mean for people: it depends on how many of them are ill."""

from typing import NamedTuple

import numpy as np


class PredictiveValues(NamedTuple):
    """Share of the called who are ill, and share of the cleared who are not; NaN where nobody is."""

    positive: float
    negative: float


class People(NamedTuple):
    """Whole numbers of people: ill and found, ill and missed, well and alarmed, well and cleared."""

    found: int
    missed: int
    alarmed: int
    cleared: int


def predictive_values(sensitivity: float, specificity: float, prevalence: float) -> PredictiveValues:
    """Bayes' rule, PPV = se p / (se p + (1 - sp)(1 - p)) and NPV = sp (1 - p) / (sp (1 - p) + (1 - se) p)
    (Altman & Bland 1994, BMJ 309:102).

    >>> tuple(round(value, 3) for value in predictive_values(0.9, 0.8, 0.1))
    (0.333, 0.986)
    """
    found, missed, alarmed, cleared = _shares(sensitivity, specificity, prevalence)
    return PredictiveValues(_part(found, alarmed), _part(cleared, missed))


def people(sensitivity: float, specificity: float, prevalence: float, count: int = 1000) -> People:
    """The four kinds among ``count`` people, rounded so that they sum to it (largest remainders).

    >>> people(0.9, 0.8, 0.1)
    People(found=90, missed=10, alarmed=180, cleared=720)
    """
    exact = count * np.array(_shares(sensitivity, specificity, prevalence))
    whole = np.floor(exact + 1e-9).astype(int)
    largest = np.argsort(whole - exact, kind="stable")[: count - whole.sum()]
    whole[largest] += 1
    return People(*(int(number) for number in whole))


def _shares(sensitivity: float, specificity: float, prevalence: float) -> tuple[float, float, float, float]:
    given = {"sensitivity": sensitivity, "specificity": specificity, "prevalence": prevalence}
    for name, value in given.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be in [0, 1], got {value}")
    ill, well = prevalence, 1 - prevalence
    return sensitivity * ill, (1 - sensitivity) * ill, (1 - specificity) * well, specificity * well


def _part(one: float, other: float) -> float:
    return one / (one + other) if one + other > 0 else float("nan")
