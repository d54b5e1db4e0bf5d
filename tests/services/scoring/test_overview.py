"""The scorecard of classifiers: intervals that were recorded are not drawn again."""

import numpy as np
import pytest

from skinapp.labels import HAM7_CODES
from skinapp.models.weights import find_checkpoint, write_record
from skinapp.services.scoring import overview
from skinapp.services.scoring.classes import class_intervals, classification_figures
from skinapp.services.scoring.measures import CLASS
from skinapp.services.scoring.tables import table_path, write_table

NAME = "mobilenetv2-ham7"
KEYS = [measure.key for measure in CLASS]


@pytest.fixture
def scored(weights_dir, tmp_path):
    """Sixty photographs of thirty lesions, their figures, and a folder that knows of nothing else."""
    rng = np.random.default_rng(4)
    targets = np.arange(60) % 7
    probs = rng.dirichlet(np.ones(7), 60) * 0.6 + 0.4 * np.eye(7)[targets]
    rows = [
        {"image_id": f"I{index}", "lesion_id": f"L{index // 2}", "dx": HAM7_CODES[target]}
        | dict(zip(HAM7_CODES, row.round(6).tolist(), strict=True))
        for index, (target, row) in enumerate(zip(targets, probs, strict=True))
    ]
    write_table(table_path(NAME, tmp_path), rows)
    for path in weights_dir.glob(f"{NAME}.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path, classification_figures(probs, targets, HAM7_CODES)


def intervals_with(figures, folder):
    record = find_checkpoint(NAME, folder).record
    write_record(NAME, folder, record | {"figures": figures})
    (model,) = overview.scored_classifiers(folder)
    return model.intervals


def test_recorded_intervals_are_shown_as_they_are(scored):
    folder, figures = scored
    marked = {key: [0.125, 0.875] for key in KEYS}
    found = intervals_with(figures | {"intervals": marked}, folder)
    assert all((found[key].low, found[key].high, found[key].n) == (0.125, 0.875, 60) for key in KEYS)
    assert [found[key].value for key in KEYS] == pytest.approx([figures[key] for key in KEYS], abs=1e-4)


@pytest.mark.parametrize("change", [{"n": 59}, {"accuracy": 0.5}, {"intervals": {}}])
def test_a_record_of_other_cases_is_not_believed(scored, change):
    folder, figures = scored
    marked = {key: [0.125, 0.875] for key in KEYS}
    found = intervals_with(figures | {"intervals": marked} | change, folder)
    assert not any((found[key].low, found[key].high) == (0.125, 0.875) for key in KEYS)
    assert all(found[key].low <= found[key].value <= found[key].high for key in ("accuracy", "macro_auc"))


def test_what_is_drawn_is_what_evaluate_would_record(scored):
    folder, figures = scored
    drawn = intervals_with(figures, folder)
    recorded = {key: [round(drawn[key].low, 4), round(drawn[key].high, 4)] for key in KEYS}
    again = intervals_with(figures | {"intervals": recorded}, folder)
    for key in KEYS:
        assert again[key][:3] == pytest.approx(drawn[key][:3], abs=1e-4)


def test_what_one_class_alone_cannot_tell_is_left_out():
    probs = np.full((6, 7), 1 / 7)
    known = class_intervals(probs, np.zeros(6, int))
    assert "macro_auc" not in known and known["accuracy"].value == 1
