import csv
import json

import cv2
import numpy as np
import pytest

from skinapp.__main__ import main
from skinapp.errors import ModelError
from skinapp.imaging.synthetic import draw_lesion
from skinapp.models import registry
from skinapp.models.weights import save_checkpoint
from skinapp.services.predict import installed_choices


def test_the_main_job_without_a_screen(weights_dir, tmp_path, capsys):
    image, _mask = draw_lesion(3, 120, 160)
    for name in ("arm.png", "leg.png"):
        cv2.imwrite(str(tmp_path / name), image[..., ::-1])
    (tmp_path / "notes.jpg").write_text("not a photograph")
    files = [str(tmp_path / name) for name in ("arm.png", "notes.jpg", "leg.png")]
    out = tmp_path / "results"
    assert main(["predict", *files, "--out", str(out), "--weights", str(weights_dir)]) == 1
    assert "notes.jpg" in capsys.readouterr().err
    records = json.loads((out / "results.json").read_text())
    assert [record["photograph"] for record in records] == ["arm.png", "leg.png"]
    assert sum(records[0]["classes"]["probs"].values()) == pytest.approx(1, abs=1e-4)
    assert len(list(csv.DictReader((out / "results.csv").open()))) == 2
    mask = cv2.imread(str(out / "arm" / "mask.png"), cv2.IMREAD_UNCHANGED)
    assert mask.shape == (120, 160)
    assert set(np.unique(mask)) <= {0, 255}


def test_models_are_chosen_from_what_is_installed(tmp_path):
    with pytest.raises(ModelError, match="No segmentation model is installed"):
        installed_choices(tmp_path, None, None)
    for name in ("deeplabv3", "mobilenetv2-ham7"):
        save_checkpoint(registry.entry(name).build(), name, tmp_path, {})
    assert installed_choices(tmp_path, None, None).segmenter == "deeplabv3"
    assert installed_choices(tmp_path, "unet", None).segmenter == "unet"
