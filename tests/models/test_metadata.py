"""Age, sex and site as columns, and as a shift of a classifier's logits."""

import pytest
import torch

from skinapp.errors import DataError
from skinapp.models.metadata import FACTS, MetadataClassifier, facts_of
from skinapp.patient import SEXES, SITES, UNKNOWN, Patient


def test_unknown_facts_are_zeros():
    assert not facts_of(UNKNOWN).any()
    assert not UNKNOWN.is_known


@pytest.mark.parametrize(("age", "column"), [(0, 0), (9.9, 0), (10, 1), (79, 7), (80, 8), (120, 8)])
def test_ages_fall_into_decades(age, column):
    assert facts_of(Patient(age=age)).nonzero()[0].tolist() == [column]


def test_every_word_has_a_column_of_its_own():
    facts = [facts_of(Patient(sex=sex)) for sex in SEXES] + [facts_of(Patient(site=site)) for site in SITES]
    columns = [fact.nonzero()[0].tolist() for fact in facts]
    assert columns == [[9 + index] for index in range(len(SEXES) + len(SITES))]
    assert facts_of(Patient(80, "male", "upper extremity")).sum() == 3
    assert columns[-1] == [FACTS - 1]


@pytest.mark.parametrize("wrong", [{"age": -1}, {"age": 121}, {"sex": "Male"}, {"site": "moon"}])
def test_what_is_out_of_range_is_refused_with_what_to_do(wrong):
    with pytest.raises(DataError) as caught:
        Patient(**wrong)
    assert "leave it out" in caught.value.hint


def test_facts_shift_the_logits_and_nothing_else():
    torch.manual_seed(0)
    network = MetadataClassifier(classes=7, width=0.25).eval()
    torch.nn.init.normal_(network.metadata.weight)
    with torch.no_grad():
        features = network.encode(torch.randn(2, 3, 64, 64))
        facts = torch.from_numpy(facts_of(Patient(45, "female")))[None]
        alone, told = network.decode(features), network.decode(features, facts)
    weight = network.metadata.weight.detach()
    assert torch.allclose(told - alone, (weight[:, 4] + weight[:, 9]).expand(2, -1), atol=1e-5)
    assert torch.equal(network.decode(features, torch.zeros(1, FACTS)), alone)
