import json
import subprocess
import sys

import pytest

from skinapp.__main__ import main


def test_train_then_evaluate_from_the_command_line(data_dir, tmp_path):
    weights, runs = tmp_path / "weights", tmp_path / "runs"
    places = ["--data", str(data_dir), "--weights", str(weights)]
    assert main(["train", "tiny-unet", *places, "--runs", str(runs), "--stages", "1x64", "--limit", "4"]) == 0
    assert (weights / "tiny-unet.safetensors").is_file()
    assert main(["evaluate", "tiny-unet", *places]) == 0
    record = json.loads((weights / "tiny-unet.json").read_text())
    assert record["settings"]["stages"] == [[1, 64]]
    assert record["figures"]["crop"]["n"] == 2


def test_a_failure_that_can_be_put_right_says_how(capsys):
    assert main(["train", "unet-atention"]) == 2
    error = capsys.readouterr().err
    assert "no model called 'unet-atention'" in error
    assert "Did you mean 'unet-attention'?" in error


def test_missing_data_is_named(tmp_path, capsys):
    assert main(["train", "tiny-unet", "--data", str(tmp_path)]) == 2
    assert "--data" in capsys.readouterr().err


def test_badly_written_stages_are_refused(capsys):
    with pytest.raises(SystemExit):
        main(["train", "unet", "--stages", "eight"])
    assert "EPOCHSxSIDE" in capsys.readouterr().err


@pytest.mark.parametrize("threshold", ["50", "-0.1", "nan", "half"])
def test_a_threshold_that_is_no_probability_is_refused(tmp_path, capsys, threshold):
    with pytest.raises(SystemExit):
        main(["predict", "x.jpg", "--out", str(tmp_path), f"--threshold={threshold}"])
    assert "from 0 to 1" in capsys.readouterr().err


def test_the_module_runs_as_a_command():
    command = [sys.executable, "-X", "importtime", "-m", "skinapp", "--help"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0
    assert "evaluate" in run.stdout
    assert " torch\n" not in run.stderr, "the list of commands needs no PyTorch, which is slow to import"
