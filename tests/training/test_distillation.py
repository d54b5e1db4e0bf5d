"""Learning from other classifiers' answers."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from skinapp.errors import ModelError
from skinapp.models import registry
from skinapp.models.weights import find_checkpoint, load_model
from skinapp.training.distillation import (
    Hints,
    Teachers,
    answer_and_hints,
    distillation_loss,
    hints_for,
    seen_by,
)
from skinapp.training.loop import train
from skinapp.training.task import DataChoice, normalised
from skinapp.training.trainer import RunOptions

CARD = registry.card("tiny-ham7")
IMAGES = torch.randint(0, 256, (8, 3, 64, 64), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


def test_the_loss_is_the_divergence_by_hand():
    logits = torch.tensor([[math.log(0.5), math.log(0.5)], [math.log(0.9), math.log(0.1)]])
    probs = torch.tensor([[0.8, 0.2], [0.9, 0.1]])
    first = 0.8 * math.log(0.8 / 0.5) + 0.2 * math.log(0.2 / 0.5)
    assert float(distillation_loss(logits, probs)) == pytest.approx(first / 2)


def test_teachers_answer_with_the_mean_of_their_calibrated_probabilities(weights_dir):
    network, checkpoint = load_model("tiny-ham7", weights_dir)
    alone = (network(normalised(IMAGES, CARD)) / checkpoint.temperature).softmax(1)
    twice = Teachers([checkpoint.path, checkpoint.path], CARD, "cpu").lesson(IMAGES)[0]
    torch.testing.assert_close(twice, alone)


def test_a_teacher_sees_small_pictures_at_the_side_that_it_was_trained_for(weights_dir):
    checkpoint = find_checkpoint("tiny-ham7", weights_dir)
    teachers = Teachers([checkpoint.path], CARD, "cpu")
    small = IMAGES[..., ::2, ::2]
    seen = torch.nn.functional.interpolate(normalised(small, CARD), size=(64, 64), mode="bilinear")
    network, _ = load_model("tiny-ham7", weights_dir)
    assert checkpoint.card.input_px == 64
    torch.testing.assert_close(
        teachers.lesson(small)[0], (network(seen) / checkpoint.temperature).softmax(1), rtol=1e-4, atol=1e-5
    )


def test_a_teacher_sees_large_pictures_as_pillow_shrinks_them():
    large = IMAGES[0].permute(1, 2, 0).repeat(2, 2, 1)
    small = np.array(Image.fromarray(large.numpy()).resize((64, 64), Image.Resampling.BILINEAR))
    expected = normalised(torch.from_numpy(small).permute(2, 0, 1)[None], CARD)
    grey_level = 1 / (255 * min(CARD.std))
    assert (seen_by(large.permute(2, 0, 1)[None], CARD) - expected).abs().max() < grey_level


def test_a_student_of_two_classes_hears_the_sums_of_seven_at_its_own_weight(weights_dir):
    checkpoint, student = find_checkpoint("tiny-ham7", weights_dir), registry.card("tiny-binary")
    seven = Teachers([checkpoint.path], CARD, "cpu").lesson(IMAGES)[0]
    malignant = 10 * (seven[:, 0] + seven[:, 1] + seven[:, 4])  # akiec, bcc, mel
    benign = seven[:, 2] + seven[:, 3] + seven[:, 5] + seven[:, 6]
    expected = torch.stack([benign, malignant], dim=1) / (benign + malignant)[:, None]
    torch.testing.assert_close(Teachers([checkpoint.path], student, "cpu").lesson(IMAGES)[0], expected)


def test_models_of_other_classes_cannot_teach(weights_dir):
    checkpoint = find_checkpoint("tiny-unet", weights_dir)
    with pytest.raises(ModelError, match="cannot teach"):
        Teachers([checkpoint.path], CARD, "cpu")


def test_a_student_that_answers_like_its_teacher_learns_nothing_from_it(data_dir, weights_dir, tmp_path):
    checkpoint = find_checkpoint("tiny-ham7", weights_dir)
    losses = {}
    for share in (0.0, 1.0):
        folder = tmp_path / str(share)
        known = {"init": checkpoint.path, "teachers": (checkpoint.path,)}
        recipe = replace(CARD.recipe, stages=((1, 64),), distillation=share)
        record = train("tiny-ham7", DataChoice(data_dir), RunOptions(folder, folder, **known), recipe)
        losses[share] = record["curve"][0]["loss"]
        assert [teacher["file"] for teacher in record["teachers"]] == ["tiny-ham7.safetensors"]
    assert losses[1.0] < 0.2 < 1 < losses[0.0]


def test_hints_are_the_last_map_of_each_of_the_last_three_sizes(weights_dir):
    network, _ = load_model("tiny-ham7", weights_dir)
    batch = normalised(IMAGES, CARD)
    logits, maps = answer_and_hints(network, batch)
    torch.testing.assert_close(logits, network(batch))
    assert [tuple(one.shape[2:]) for one in maps] == [(8, 8), (4, 4), (2, 2)]
    torch.testing.assert_close(maps[0], network.features[:7](batch))
    torch.testing.assert_close(maps[-1], network.features[:-1](batch))  # without the deviations


def test_hints_compare_at_the_smaller_size_with_every_channel_at_variance_one():
    teacher = torch.randn(4, 2, 6, 6, generator=torch.Generator().manual_seed(1)) * 5 + 3
    hints = Hints([(2, 2)])
    torch.nn.init.zeros_(hints.adapters[0].weight)
    torch.nn.init.zeros_(hints.adapters[0].bias)
    assert hints([torch.ones(4, 2, 3, 3)], [teacher]).item() == pytest.approx(1, abs=1e-4)

    small = torch.nn.functional.avg_pool2d(teacher, 2)
    mean, std = small.mean((0, 2, 3), keepdim=True), small.std((0, 2, 3), correction=0, keepdim=True)
    hints.adapters[0].weight.data = torch.eye(2)[:, :, None, None]
    assert hints([(small - mean) / std], [teacher]).item() == pytest.approx(0, abs=1e-4)


def test_a_student_learns_its_teachers_features(data_dir, weights_dir, tmp_path):
    teacher = find_checkpoint("tiny-ham7", weights_dir).path
    recipe = replace(CARD.recipe, stages=((12, 64),), distillation=1.0, hints=1.0, ema_decay=0.5)
    options = RunOptions(tmp_path, tmp_path, teachers=(teacher,))
    losses = [point["loss"] for point in train("tiny-ham7", DataChoice(data_dir), options, recipe)["curve"]]
    assert losses[-1] < 0.85 * losses[0]


def test_hints_need_a_teacher_of_convolutions(weights_dir):
    student, _ = load_model("tiny-ham7", weights_dir)
    transformer = find_checkpoint("tiny-vit7", weights_dir)
    with pytest.raises(ModelError, match="hints"):
        hints_for(student, None)
    with pytest.raises(ModelError, match="hints"):
        hints_for(student, Teachers([transformer.path], CARD, "cpu"))


def test_hints_need_a_student_with_maps_of_as_many_sizes(weights_dir):
    """Tokens have one size from the first block to the last."""
    student, _ = load_model("tiny-clip7", weights_dir)
    teachers = Teachers([find_checkpoint("tiny-ham7", weights_dir).path], CARD, "cpu")
    with pytest.raises(ModelError, match="hints"):
        hints_for(student, teachers)
