"""The mean of checkpoints."""

import torch
from safetensors.torch import load_file

from skinapp.models import registry
from skinapp.models.weights import load_model, save_checkpoint
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
        saved = save_checkpoint(network, "tiny-ham7", tmp_path / str(seed), {"settings": {"seed": seed}})
        files.append(saved.path)
    record = average("tiny-ham7", files, DataChoice(data_dir), RunOptions(tmp_path, tmp_path / "mean"))
    assert [origin["settings"] for origin in record["averaged"]] == [{"seed": 0}, {"seed": 1}]
    assert record["temperature"] > 0
    assert record["val_log_likelihood"] < 0
    _network, checkpoint = load_model("tiny-ham7", tmp_path / "mean")
    first, second, mean = (
        load_file(path)["features.0.0.weight"].float() for path in (*files, checkpoint.path)
    )
    torch.testing.assert_close(mean, (first + second) / 2, atol=1e-3, rtol=1e-3)
