"""How validation rows are scored."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from skinapp.errors import DataError, ModelError
from skinapp.imaging.cleaning import equalize_lightness
from skinapp.labels import HAM7_CODES
from skinapp.models import registry, zoo  # noqa: F401
from skinapp.training.sampling import SHARES, prior_shift
from skinapp.training.task import ClassificationTask, DataChoice, training_task


def score(logits, targets, weight=1.0, counts=None, evening=0.0):
    priors = counts is not None and not evening
    recipe = SimpleNamespace(malignant_weight=weight, priors=priors, evening=evening)
    counts = np.ones(len(logits[0])) if counts is None else np.array(counts)
    task = SimpleNamespace(recipe=recipe, counts=counts)
    return ClassificationTask.score(task, torch.tensor(logits), torch.tensor(targets))[0]


def test_a_classifier_that_knows_nothing_scores_the_logarithm_of_chance():
    assert score([[0.0] * 7] * 3, [0, 3, 6]) == pytest.approx(math.log(1 / 7))


def test_how_sure_a_classifier_sounds_does_not_change_its_score():
    logits, targets = [[2.0, 0.0], [0.5, 0.0], [1.0, 0.0]], [0, 0, 1]
    louder = [[5 * value for value in row] for row in logits]
    assert score(louder, targets) == pytest.approx(score(logits, targets), abs=1e-5)
    assert score(logits, targets) > score(logits, [1, 1, 0])


def test_what_a_malignant_lesion_weighs_is_no_part_of_the_score():
    logits, targets = [[2.0, 0.0], [0.5, 0.0], [0.0, 1.0], [0.2, 0.0]], [0, 0, 1, 1]
    raised = [[benign, malignant + math.log(10)] for benign, malignant in logits]
    assert score(raised, targets, weight=10.0) == pytest.approx(score(logits, targets), abs=1e-5)


def test_frequencies_that_are_told_afterwards_count_in_the_score():
    logits, targets, counts = [[0.5, 0.0], [0.0, 0.5], [0.0, 0.1], [0.0, 2.0]], [0, 0, 0, 1], [90, 10]
    told = [(np.array(logits) + prior_shift(np.array(counts), share)).tolist() for share in SHARES]
    expected = max(score(one, targets) for one in told)
    assert score(logits, targets, counts=counts) == pytest.approx(expected, abs=1e-5)
    assert expected > score(logits, targets) + 0.05


def test_classes_that_are_evened_out_afterwards_count_alike_in_the_score():
    """Of nine rows of one class and one of the other, the one counts like the nine."""
    logits, targets = [[math.log(9), 0.0]] * 10, [0] * 9 + [1]
    assert score(logits, targets, counts=[9, 1], evening=1.0) == pytest.approx(math.log(0.5), abs=1e-5)
    apart = [[3.0, 0.0]] * 9 + [[1.5, 0.0]]
    assert score(apart, targets, counts=[9, 1], evening=1.0) > math.log(0.5) + 0.1
    louder = [[5 * value for value in row] for row in apart]
    loud, said = (score(one, targets, counts=[9, 1], evening=0.5) for one in (louder, apart))
    assert loud == pytest.approx(said, abs=1e-5)


def test_two_classes_and_what_is_cleaned(data_dir):
    seven, two = (
        ClassificationTask(registry.card(name), DataChoice(data_dir)) for name in ("tiny-ham7", "tiny-binary")
    )
    suspicious = {HAM7_CODES.index(code) for code in ("akiec", "bcc", "mel")}
    for plain, told in zip(seven.val_set(64), two.val_set(64), strict=True):
        assert told[1] == (plain[1] in suspicious)
        expected = equalize_lightness(plain[0].permute(1, 2, 0).numpy())
        assert (told[0].permute(1, 2, 0).numpy() == expected).all()
    assert [len(two.train_set(64, 0)), two.collate([(torch.zeros(1), 1)])[1].tolist()] == [7, [1]]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("tiny-unet", {"dataset": "hires-clean"}),
        ("tiny-unet", {"loss": "dice"}),
        ("tiny-ham7", {"dataset": "labelme"}),
        ("tiny-ham7", {"loss": "malignant-cross-entropy"}),
        ("tiny-binary", {"loss": "weighted-cross-entropy"}),
        ("tiny-x4", {"dataset": "task1"}),
        ("tiny-x4", {"loss": "bce-dice"}),
    ],
)
def test_a_dataset_or_loss_of_another_task_is_refused(tmp_path, name, wrong):
    card = registry.card(name)
    with pytest.raises(ModelError, match=f"cannot be trained with '{next(iter(wrong.values()))}'") as caught:
        training_task(replace(card, recipe=replace(card.recipe, **wrong)), DataChoice(tmp_path))
    assert getattr(card.recipe, next(iter(wrong))) in caught.value.hint


def test_a_missing_folder_of_labelme_files_is_named(tmp_path):
    card = registry.card("tiny-unet")
    card = replace(card, recipe=replace(card.recipe, dataset="labelme"))
    with pytest.raises(DataError, match=r"no annotated photograph in .*nowhere"):
        training_task(card, DataChoice(tmp_path / "nowhere", "80/20"))


def test_too_few_annotated_photographs_are_refused_before_anything_is_learnt(tmp_path):
    for key in ("a", "b"):
        (tmp_path / f"{key}.jpg").touch()
        (tmp_path / f"{key}.json").touch()
    card = registry.card("tiny-unet")
    card = replace(card, recipe=replace(card.recipe, dataset="labelme"))
    with pytest.raises(DataError, match="80/20 leaves no photographs") as caught:
        training_task(card, DataChoice(tmp_path, "80/20"))
    assert "--split" in caught.value.hint
