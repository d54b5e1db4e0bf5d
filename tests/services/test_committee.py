import json
import shutil

import numpy as np
import pytest

from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.pixels import read_image
from skinapp.engine.torch_engine import TorchEngine
from skinapp.errors import ModelError, WeightsError
from skinapp.imaging.geometry import mirror_images, resize_map
from skinapp.imaging.synthetic import draw_lesion
from skinapp.metrics.calibration import fit_temperature
from skinapp.models.weights import (
    find_checkpoint,
    is_installed,
    load_model,
    record_path,
    weights_path,
    write_record,
)
from skinapp.patient import Patient
from skinapp.services.committee import form
from skinapp.training.loop import recipe_of

NAME, MEMBERS = "tiny-committee", ("tiny-ham7-meta", "tiny-vit7")
IMAGE = draw_lesion(5, 150, 200)[0]
KNOWN = Patient(age=70, sex="female", site="back")


@pytest.fixture
def own_weights(weights_dir, tmp_path):
    """The members alone, with the sizes that a training would have recorded."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for member in MEMBERS:
        shutil.copy(weights_path(member, weights_dir), folder)
        record = find_checkpoint(member, weights_dir).record | {"parameters": 10}
        record_path(member, folder).write_text(json.dumps(record))
    return folder


@pytest.fixture
def formed(data_dir, own_weights):
    engine = TorchEngine(own_weights, device="cpu")
    return form(NAME, data_dir, own_weights, engine), engine


def tempered(probs, temperature):
    """The formula with logarithms, as a softmax."""
    logits = np.log(np.mean(probs, axis=0)) / temperature
    return np.exp(logits) / np.exp(logits).sum()


def test_its_record_names_the_members_and_suits_the_validation_rows(data_dir, formed, own_weights):
    record, engine = formed
    assert find_checkpoint(NAME, own_weights).record == record
    assert record["members"] == {one: find_checkpoint(one, own_weights).sha256 for one in MEMBERS}
    assert record["parameters"] == 20
    rows = ham10000_samples(data_dir, "val")
    said = [
        [engine.classify(one, read_image(row.image), patient=row.patient).probs for one in MEMBERS]
        for row in rows
    ]
    means = np.mean(said, axis=1)
    expected = fit_temperature(np.log(means), np.array([row.target for row in rows]))
    assert record["temperature"] == pytest.approx(expected, abs=1e-4)


def test_what_was_measured_of_it_stays_when_it_is_formed_again(data_dir, formed, own_weights):
    record, engine = formed
    measured = {"figures": {"n": 7}, "cases": {"n": 7}}
    write_record(NAME, own_weights, record | measured)
    assert form(NAME, data_dir, own_weights, engine) == record | measured
    write_record(NAME, own_weights, record | measured | {"temperature": 9.0})
    assert form(NAME, data_dir, own_weights, engine) == record


@pytest.mark.parametrize("patient", [Patient(), KNOWN])
def test_it_says_the_tempered_mean(formed, patient):
    record, engine = formed
    said = [engine.classify(one, IMAGE, patient=patient) for one in MEMBERS]
    answer = engine.classify(NAME, IMAGE, patient=patient)
    expected = tempered([one.probs for one in said], record["temperature"])
    assert answer.probs == pytest.approx(expected, abs=1e-6)
    assert answer.patient == patient and answer.model.name == NAME
    assert np.array_equal(answer.features, said[0].features)


def test_its_map_is_the_mean_of_its_members_maps(formed):
    _record, engine = formed
    maps = [engine.classify(one, IMAGE).heatmaps for one in MEMBERS]
    sizes = [one.shape[1:] for one in maps]
    answer, alone = (engine.classify(NAME, IMAGE, top_only=only) for only in (False, True))
    assert answer.heatmaps.shape == (7, *max(sizes))
    expected = np.mean([resize_map(one[3], *max(sizes)) for one in maps], axis=0)
    assert answer.heatmaps[3] == pytest.approx(expected, abs=1e-6)
    assert np.array_equal(alone.heatmaps, answer.heatmaps[[answer.top]])
    assert not engine.classify(NAME, IMAGE, explain=False).has_maps


def test_mirror_images_are_asked_of_all_together(formed):
    record, engine = formed
    of_each = [
        tempered([engine.classify(one, view).probs for one in MEMBERS], record["temperature"])
        for view in mirror_images(IMAGE)
    ]
    answer = engine.classify(NAME, IMAGE, mirrored=True)
    assert answer.probs == pytest.approx(np.mean(of_each, axis=0), abs=1e-6)
    assert answer.spread == pytest.approx(np.std(of_each, axis=0), abs=1e-6)


def test_with_another_member_it_is_not_the_committee_that_was_measured(formed, own_weights):
    path = record_path(MEMBERS[1], own_weights)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"sha256": "0" * 64}))
    assert not is_installed(NAME, own_weights)
    with pytest.raises(WeightsError) as caught:
        find_checkpoint(NAME, own_weights)
    assert "skinapp form tiny-committee" in caught.value.hint


def test_without_a_member_there_is_none(formed, own_weights):
    weights_path(MEMBERS[0], own_weights).unlink()
    assert not is_installed(NAME, own_weights)


def test_only_committees_are_formed_and_they_are_not_trained(data_dir, own_weights, formed):
    _record, engine = formed
    with pytest.raises(ModelError, match="no committee"):
        form(MEMBERS[0], data_dir, own_weights, engine)
    with pytest.raises(ModelError, match="its members are trained"):
        recipe_of(NAME)
    with pytest.raises(ModelError, match="no network of its own"):
        load_model(NAME, own_weights)
