"""One row of the scorecard."""

from dataclasses import dataclass, field
from typing import Any

from skinapp.i18n import gettext as _
from skinapp.metrics.bootstrap import Interval
from skinapp.services.scoring.measures import Measure
from skinapp.services.scoring.tables import Table


@dataclass(frozen=True)
class ScoredModel:
    """A model with the rows of its test photographs.

    ``title_on_card`` is in English; of a visitor's own file it is as it is shown. ``milliseconds`` is one
    pass in single precision as measured beside the live camera's forms; None where that was not done for
    these weights. ``curve`` is the learning curve of its last training.
    ``gain_of_metadata`` is what age, sex and site change, as [value, low, high] by the key of the measure;
    ``whole_frames`` what `skinapp.services.scoring.frames` found.
    """

    name: str
    title_on_card: str
    table: Table
    intervals: dict[str, Interval]
    parameters: int | None = None
    milliseconds: float | None = None
    curve: tuple[dict[str, Any], ...] = ()
    twin: str | None = None
    gain_of_metadata: dict[str, list[float]] = field(default_factory=dict)
    whole_frames: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The model's title in the reader's language; the rows are shared by all visitors."""
        return _(self.title_on_card)


def best_first(models: tuple[ScoredModel, ...], measure: Measure) -> list[ScoredModel]:
    """The rows sorted by a measure; those without it come last."""
    sign = -1 if measure.higher_is_better else 1
    known = [model for model in models if measure.key in model.intervals]
    return sorted(known, key=lambda model: sign * model.intervals[measure.key].value) + [
        model for model in models if measure.key not in model.intervals
    ]
