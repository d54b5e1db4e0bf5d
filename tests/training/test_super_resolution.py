"""Patches, tasks and whole trainings of a tiny generator on drawn photographs."""

import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torchvision import models

from skinapp.data import isic2017_hires
from skinapp.data.isic2017_hires import hires_samples
from skinapp.data.pixels import read_image
from skinapp.errors import ModelError
from skinapp.imaging.degrade import clean_downsampling
from skinapp.models import registry
from skinapp.training import adversarial, patches
from skinapp.training.adversarial import Discriminator
from skinapp.training.loop import train
from skinapp.training.patches import CentralCrops, RandomPatches, central_crop
from skinapp.training.task import DataChoice, training_task
from skinapp.training.trainer import RunOptions, Trainer


def clean(patch, _rng):
    return clean_downsampling(patch)


@pytest.fixture
def hires_dir(data_dir):
    """Ten textured photographs of 400 x 400; P00 and P10 are Task 1 photographs too."""
    folder = data_dir / isic2017_hires.FOLDER / "images"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for key in ("P00", "P10", *(f"Q{index:02}" for index in range(8))):
        texture = cv2.resize(rng.uniform(60, 220, (70, 70, 3)).astype(np.float32), (400, 400))
        cv2.imwrite(str(folder / f"{key}.jpg"), texture)
    return data_dir


def test_a_photograph_of_task_1_stays_on_its_side_and_none_is_on_two(hires_dir):
    sides = {
        split: {sample.key for sample in hires_samples(hires_dir, split)}
        for split in ("train", "val", "test")
    }
    assert "P00" in sides["train"]
    assert "P10" in sides["test"]
    assert sum(len(keys) for keys in sides.values()) == len(set().union(*sides.values())) == 10


def test_the_small_patch_is_the_large_one_made_small(hires_dir):
    dataset = RandomPatches(hires_samples(hires_dir, "train"), [], 64, clean, seed=(0, 1))
    small, large = dataset[3]
    assert (small.shape, small.dtype) == ((3, 16, 16), torch.uint8)
    image = large.mul(255).byte().permute(1, 2, 0).numpy()
    assert np.array_equal(small.permute(1, 2, 0).numpy(), clean_downsampling(image))
    assert torch.equal(dataset[3][1], large)
    assert not torch.equal(dataset[4][1], large)


def test_crops_tile_the_middle(hires_dir):
    samples = hires_samples(hires_dir, "train")[:1]
    crops = CentralCrops(samples, 128, clean)
    assert len(crops) == 9
    image = read_image(samples[0].image)
    assert np.array_equal(central_crop(image, (1, 1), 128, 3), image[136:264, 136:264])
    with pytest.raises(ValueError, match="at least 600 pixels"):
        central_crop(image, (0, 0), 200, 3)


def test_patches_that_a_photograph_does_not_hold_are_refused_before_they_are_asked_for(hires_dir):
    """Of 400 pixels on validation photographs, six times the side; 64 pixels of Task 1 hold one."""
    card = registry.card("tiny-x4")
    for side_px in (64, 68):
        known = replace(card, recipe=replace(card.recipe, stages=((1, 32), (1, side_px))))
        if side_px == 64:
            training_task(known, DataChoice(hires_dir))
            continue
        with pytest.raises(ModelError, match="--stages 1x32,1x68'") as caught:
            training_task(known, DataChoice(hires_dir))
        assert "--stages 1x32,1x64" in caught.value.hint


@pytest.fixture
def content(tmp_path):
    torch.manual_seed(0)
    path = tmp_path / "features.safetensors"
    save_file(models.squeezenet1_1(weights=None).state_dict(), path)
    return str(path)


@pytest.mark.parametrize("dataset", ["hires-clean", "hires-phone"])
def test_a_generator_learns_to_beat_its_start(hires_dir, tmp_path, monkeypatch, dataset):
    monkeypatch.setattr(patches, "PATCHES_PER_EPOCH", 64)
    recipe = replace(
        registry.card("tiny-x4").recipe, dataset=dataset, stages=((4, 64),), learning_rate=3e-3, ema_decay=0.5
    )
    options = RunOptions(tmp_path / "runs", tmp_path / "weights")
    card = replace(registry.card("tiny-x4"), recipe=recipe)
    start = Trainer(card, training_task(card, DataChoice(hires_dir)), options).validate(64)
    record = train("tiny-x4", DataChoice(hires_dir), options, recipe)
    assert max(point["val_psnr"] for point in record["curve"]) > start + 0.1


def test_adversarial_training_moves_both_networks_and_resumes(hires_dir, tmp_path, monkeypatch, content):
    monkeypatch.setattr(patches, "PATCHES_PER_EPOCH", 8)
    monkeypatch.setattr(adversarial, "Discriminator", lambda: Discriminator(channels=4))
    recipe = replace(registry.card("tiny-x4").recipe, loss="content-adversarial", stages=((2, 48),))
    choice = DataChoice(hires_dir, limit=1, content=content)
    straight, broken = (RunOptions(tmp_path / name, tmp_path / name) for name in ("straight", "broken"))
    record = train("tiny-x4", choice, straight, recipe)
    assert record["settings"]["content"] == "features.safetensors"
    assert all(np.isfinite(point["val_likeness"]) for point in record["curve"])
    state = torch.load(tmp_path / "straight" / "tiny-x4" / "state.pt", weights_only=True)
    torch.manual_seed(recipe.seed)
    registry.entry("tiny-x4").build()
    fresh = Discriminator(channels=4).state_dict()
    assert not torch.equal(state["discriminator"]["features.0.weight"], fresh["features.0.weight"])

    save = Trainer._save

    def save_and_stop(trainer):
        save(trainer)
        raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "_save", save_and_stop)
    with pytest.raises(KeyboardInterrupt):
        train("tiny-x4", choice, broken, recipe)
    monkeypatch.setattr(Trainer, "_save", save)
    resumed = train("tiny-x4", choice, broken, recipe)
    assert [point["loss"] for point in resumed["curve"]] == [point["loss"] for point in record["curve"]]


def test_another_content_loss_is_another_training(hires_dir, tmp_path, content):
    other = shutil.copy(content, tmp_path / "others.safetensors")
    options = RunOptions(tmp_path / "runs", tmp_path / "weights")
    identities = {}
    for loss in ("l1", "content-adversarial"):
        card = registry.card("tiny-x4")
        card = replace(card, recipe=replace(card.recipe, loss=loss))
        identities[loss] = {
            Trainer(card, training_task(card, DataChoice(hires_dir, content=str(path))), options).identity
            for path in (content, other)
        }
    assert {loss: len(known) for loss, known in identities.items()} == {"l1": 1, "content-adversarial": 2}


def test_the_discriminator_is_the_published_one():
    network = Discriminator()
    convolutions = [layer for layer in network.features if isinstance(layer, torch.nn.Conv2d)]
    assert [layer.out_channels for layer in convolutions] == [64, 64, 128, 128, 256, 256, 512, 512]
    assert [layer.stride[0] for layer in convolutions] == [1, 2, 1, 2, 1, 2, 1, 2]
    with torch.no_grad():
        assert network(torch.rand(2, 3, 96, 96)).shape == (2, 1)
