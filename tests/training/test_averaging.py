"""The mean of checkpoints."""

import pytest
import torch
from safetensors.torch import load_file

from skinapp.errors import ModelError, WeightsError
from skinapp.models import registry
from skinapp.models.weights import find_checkpoint, load_model, save_checkpoint
from skinapp.training.averaging import average, mean_state
from skinapp.training.task import DataChoice
from skinapp.training.trainer import RunOptions


def test_mean_of_floating_point_tensors_alone():
    states = [{"weight": torch.full((2,), value), "count": torch.tensor(7)} for value in (1.0, 4.0)]
    mean = mean_state(states)
    assert mean["weight"].tolist() == [2.5, 2.5]
    assert mean["count"].item() == 7


def test_an_average_is_written_with_where_it_comes_from(data_dir, tmp_path):
    files = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        network = registry.entry("tiny-ham7").build()
        told = {"settings": {"seed": seed}} | ({"evened_by": [2.0, *[1.0] * 6]} if seed else {})
        saved = save_checkpoint(network, "tiny-ham7", tmp_path / str(seed), told)
        files.append(saved.path)
    record = average("tiny-ham7", files, DataChoice(data_dir), RunOptions(tmp_path, tmp_path / "mean"))
    assert [origin["settings"] for origin in record["averaged"]] == [{"seed": 0}, {"seed": 1}]
    assert record["evened_by"] == [1.0, *[0.5] * 6]  # the bias is the mean of both
    assert record["temperature"] > 0
    assert record["val_log_likelihood"] < 0
    _network, checkpoint = load_model("tiny-ham7", tmp_path / "mean")
    first, second, mean = (
        load_file(path)["features.0.0.weight"].float() for path in (*files, checkpoint.path)
    )
    torch.testing.assert_close(mean, (first + second) / 2, atol=1e-3, rtol=1e-3)


def test_what_is_not_trained_here_has_no_mean(tmp_path):
    with pytest.raises(ModelError, match="its members are trained"):
        average(
            "committee-ham7",
            [tmp_path / "committee-ham7.safetensors"],
            DataChoice(tmp_path),
            RunOptions(tmp_path, tmp_path),
        )


def test_the_mean_keeps_the_side_of_its_trainings_and_refuses_a_mixture(data_dir, tmp_path):
    files = []
    for name, side_px in (
        ("tiny-unet", 96),
        ("tiny-unet", 96),
        ("tiny-unet", 64),
        ("tiny-unet-attention", 96),
    ):
        torch.manual_seed(0)
        folder = tmp_path / f"{len(files)}"
        saved = save_checkpoint(registry.entry(name).build(), name, folder, {"input_px": side_px})
        files.append(saved.path)
    options = RunOptions(tmp_path, tmp_path / "mean")
    average("tiny-unet", files[:2], DataChoice(data_dir), options)
    assert find_checkpoint("tiny-unet", tmp_path / "mean").card.input_px == 96
    for other in files[2:]:
        with pytest.raises(ModelError, match="one side"):
            average("tiny-unet", [files[0], other], DataChoice(data_dir), options)
    with pytest.raises(WeightsError, match="not installed"):
        average("tiny-unet", [tmp_path / "nowhere" / "tiny-unet.safetensors"], DataChoice(data_dir), options)
