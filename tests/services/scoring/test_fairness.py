import numpy as np
import pytest

from skinapp.services.scoring.fairness import auc_gap, fairness_sentences, skin_groups
from skinapp.services.scoring.tables import as_table


def cases(fitzpatrick, count, gap, seed):
    """Half of the photographs are melanomas, whose probability is higher by ``gap`` on average."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        is_mel = number % 2 == 0
        prob = float(np.clip(rng.normal(0.4 + gap * is_mel, 0.1), 0.01, 0.99))
        yield {
            "patient_id": f"P{fitzpatrick}{number // 2}",
            "fitzpatrick": fitzpatrick,
            "dx": "mel" if is_mel else "nv",
            "mel": prob,
            "nv": 1 - prob,
            **dict.fromkeys(("akiec", "bcc", "bkl", "df", "vasc"), 0.0),
        }


def table(light_gap, middle_gap):
    return as_table([*cases(1, 120, light_gap, 0), *cases(3, 120, middle_gap, 1), *cases(5, 4, 0.3, 2)])


def test_groups_hold_their_types_with_counts():
    light, middle, dark = skin_groups(table(0.3, 0.3))
    assert (light.n, light.patients, light.suspicious) == (120, 60, 60)
    assert (dark.n, dark.suspicious) == (4, 2)
    assert light.auc.low < light.auc.value < light.auc.high
    assert middle.name == "Type III"


def test_a_gap_is_claimed_only_where_the_interval_shows_it():
    assert auc_gap(table(0.4, 0.0)).high < 0
    sentences = fairness_sentences(table(0.4, 0.0))
    assert ": a difference." in sentences[0]
    assert "no difference shown" in fairness_sentences(table(0.15, 0.15))[0]
    assert "4 photographs of 2 patients, 2 of them suspicious" in sentences[1]
    assert "cannot show" in sentences[1]


def test_one_kind_of_lesion_gives_no_gap():
    assert auc_gap(as_table(row for row in cases(1, 20, 0.3, 0) if row["dx"] == "nv")) is None
    (group,) = skin_groups(as_table(row for row in cases(2, 20, 0.3, 0) if row["dx"] == "nv"))
    assert np.isnan(group.auc.value) and group.specificity.value == pytest.approx(1, abs=0.3)
