import json
from dataclasses import replace

import numpy as np
import pytest

from skinapp.engine.torch_engine import TorchEngine
from skinapp.imaging.encoding import encode_png
from skinapp.imaging.synthetic import draw_lesion
from skinapp.models.weights import weights_path

IMAGE, MASK = draw_lesion(2, 150, 200)


def captions(app):
    return "\n".join(element.value for element in app.caption)


def said(app):
    return "\n".join(element.value for element in (*app.info, *app.warning, *app.markdown))


def give_truth(app, name, data):
    app.file_uploader[-1].set_value([(name, data, "application/octet-stream")])
    return app.run()


@pytest.fixture
def compare(app):
    return app.switch_page("pages/compare.py").run()


@pytest.fixture
def compared(compare, upload, lesion_png):
    """The page with a photograph; a low threshold, so that untrained models find something too."""
    compare.slider(key="settings_threshold").set_value(0.05)
    return upload(compare, ("arm.png", lesion_png))


def test_the_page_opens_with_its_notice_and_invites(compare):
    assert not compare.exception
    assert compare.title[0].value == "Compare models on a photograph"
    assert "not a medical device" in captions(compare)
    assert len([button for button in compare.button if button.label.startswith("Try ")]) == 6


def test_without_weights_it_says_what_is_missing(app, environment, tmp_path):
    environment(SKINAPP_WEIGHTS=str(tmp_path / "nowhere"))
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    assert "Outlines by: no model is installed" in captions(app)


def test_an_upload_is_compared_by_all_models(compared):
    assert not compared.exception
    known = compared.session_state["tray_made"]["compare_kept"].comparison
    assert [variant.card.name for variant in known.variants] == [
        "unet",
        "unet-attention",
        "deeplabv3",
        "deeplabv3-attention",
        "unetplusplus",
        "unet-effb3",
    ]
    assert "these 6 outlines overlap" in said(compared) or "No model found" in said(compared)
    assert {"Pictures (PNG)", "Figures (CSV)"} <= {button.label for button in compared.download_button}
    assert "entropy of the vote" in captions(compared)


def test_the_time_shown_is_not_that_of_a_single_run(compare, upload, lesion_png, monkeypatch):
    plain, seconds = TorchEngine.segment, {}

    def hiccuping(self, name, image):
        outline = plain(self, name, image)
        seconds[name] = 9.0 if name not in seconds else 0.02
        return replace(outline, model=replace(outline.model, seconds=seconds[name]))

    monkeypatch.setattr(TorchEngine, "segment", hiccuping)
    upload(compare, ("arm.png", lesion_png))
    known = compare.session_state["tray_made"]["compare_kept"].comparison
    assert {outline.model.seconds for outline in known.outlines} == {0.02}


def test_every_layer_is_drawn(compared):
    layers = compared.segmented_control(key="compare_layer")
    assert "Against the truth" not in layers.options
    for layer in ("probability", "heat", "gates"):
        compared.segmented_control(key="compare_layer").set_value(layer).run()
        assert not compared.exception


def test_another_layer_asks_no_outline_again(compared, monkeypatch):
    monkeypatch.setattr(TorchEngine, "segment", lambda *_: pytest.fail("asked again"))
    compared.segmented_control(key="compare_layer").set_value("probability").run()
    assert not compared.exception


def test_a_true_mask_gives_a_table(compared):
    give_truth(compared, "mask.png", encode_png(MASK))
    assert not compared.exception
    table = compared.table[0].value
    assert list(table.columns) == ["Outline", "IoU", "Dice", "Boundary F1", "Hausdorff 95"]
    assert len(table) == 7 and table["Outline"].iloc[-1] == "Consensus"
    compared.segmented_control(key="compare_layer").set_value("truth").run()
    assert not compared.exception
    compared.button(key="compare_truth_forget").click().run()
    assert not compared.exception and not compared.table


def test_labelme_polygons_of_a_larger_copy_are_resized_and_it_is_said(compared):
    points = [[100, 80], [300, 80], [300, 220], [100, 220]]
    record = {"imageHeight": 300, "imageWidth": 400, "shapes": [{"points": points}]}
    give_truth(compared, "arm.json", json.dumps(record).encode())
    assert not compared.exception
    assert "Resized from 400 × 300 to 200 × 150 px." in captions(compared)
    assert len(compared.table[0].value) == 7


def test_a_truth_of_another_shape_is_refused_and_the_rest_stays(compared):
    give_truth(compared, "mask.png", encode_png(np.ones((100, 100), bool)))
    assert not compared.exception
    assert "they differ in shape" in said(compared) and "neither cropped nor squeezed" in said(compared)
    assert "Figures (CSV)" in {button.label for button in compared.download_button}
    assert not compared.table


def test_a_bad_truth_leaves_the_good_one_in_place(compared, lesion_png):
    give_truth(compared, "mask.png", encode_png(MASK))
    compared.segmented_control(key="compare_layer").set_value("truth").run()
    before = compared.table[0].value
    give_truth(compared, "arm.jpg", lesion_png)
    assert not compared.exception
    assert "'arm.jpg' looks like a photograph" in said(compared)
    assert any(popover.warning for popover in compared.get("popover")), "told where the file was given"
    assert "In use: mask.png." in captions(compared)
    assert compared.table[0].value.equals(before)
    assert compared.segmented_control(key="compare_layer").value == "truth"
    give_truth(compared, "mask.png", encode_png(MASK))
    assert not compared.warning


def test_a_further_setting_becomes_one_more_outline(compared):
    compared.slider(key="compare_added_threshold").set_value(0.8).run()
    compared.button(key="compare_add").click().run()
    assert not compared.exception
    variants = compared.session_state["tray_made"]["compare_kept"].comparison.variants
    assert len(variants) == 7 and variants[-1].threshold == 0.8
    compared.button(key="compare_remove").click().run()
    assert len(compared.session_state["tray_made"]["compare_kept"].comparison.variants) == 6


def test_without_a_chosen_model_it_asks_for_one(compared):
    compared.pills(key="compare_models").set_value([]).run()
    assert not compared.exception
    assert "Choose at least one model" in said(compared)


def test_one_damaged_model_leaves_the_others(app, environment, weights_dir, tmp_path, upload, lesion_png):
    for path in weights_dir.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    weights_path("deeplabv3", tmp_path).write_bytes(b"damaged")
    environment(SKINAPP_WEIGHTS=str(tmp_path), SKINAPP_ENGINE="torch")
    app.switch_page("pages/compare.py").run()
    upload(app, ("arm.png", lesion_png))
    assert not app.exception
    assert "DeepLabV3" in said(app) and "missing or damaged" in said(app)
    assert "Figures (CSV)" in {button.label for button in app.download_button}


def test_nonsense_gives_a_message_and_a_hint(compare, upload):
    upload(compare, ("notes.png", b"no image at all"))
    assert not compare.exception
    assert "This file is not an image." in said(compare) and "Use a JPEG" in said(compare)


def test_the_last_analysed_photograph_is_taken(app, upload, lesion_png):
    upload(app, ("arm.png", lesion_png))
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    assert app.selectbox(key="compare_open").options == ["1. arm.png"]
