import numpy as np
import pytest

from skinapp.services.attention_effect import attention_effects


def write(folder, name, ious):
    lines = [
        "image_id,frame,iou",
        *(f"P{index},crop,{iou}" for index, iou in enumerate(ious)),
        "P0,whole,0.1",
    ]
    (folder / f"{name}.test.csv").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("gain", "verdict"),
    [(0.1, "an improvement"), (-0.1, "it made the outlines worse"), (0.0, "no difference shown")],
)
def test_the_sentence_says_what_the_interval_says(tmp_path, gain, verdict):
    noise = np.resize([0.02, -0.02], 40)
    write(tmp_path, "unet", np.full(40, 0.7))
    write(tmp_path, "unet-attention", 0.7 + gain + noise)
    (effect,) = attention_effects(tmp_path)
    assert effect.difference.mean == pytest.approx(gain, abs=1e-6)
    assert verdict in effect.sentence
    assert "U-Net" in effect.sentence
    assert "n = 40" in effect.sentence


def test_pairs_without_both_results_are_left_out(tmp_path):
    write(tmp_path, "unet", [0.7])
    assert attention_effects(tmp_path) == ()
