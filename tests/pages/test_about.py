import shutil

import torch

from skinapp.models import registry
from skinapp.models.weights import find_checkpoint, write_record


def test_about_lists_every_model_and_the_notice(app):
    app.switch_page("pages/about.py").run()
    assert not app.exception
    assert [element.value for element in app.caption if "not a medical device" in element.value]
    shown = {expander.label for expander in app.expander}
    assert {registry.card(name).title for name in registry.names()} <= shown
    assert len(app.table) >= 2


def test_a_device_that_is_not_there_is_said_with_what_to_do(environment, app):
    environment(SKINAPP_DEVICE="mps" if torch.cuda.is_available() else "cuda")
    for page in ("analyze", "about", "compare", "enhance", "live"):
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
        (said,) = app.main.warning
        assert "no device of the kind" in said.value and "DEVICE to auto" in said.value, page


def test_a_damaged_record_takes_no_other_model_along(app, environment, weights_dir, tmp_path):
    folder = tmp_path / "weights"
    shutil.copytree(weights_dir, folder)
    (folder / "unet.json").write_text('{"sha256": ')
    environment(SKINAPP_WEIGHTS=str(folder))
    app.switch_page("pages/about.py").run()
    assert not app.exception
    titles = set(app.table[0].value["Model"])
    assert {"U-Net, not installed", "U-Net++"} <= titles


def test_the_model_of_two_classes_shows_what_its_alarm_finds(app, environment, weights_dir, tmp_path):
    name, folder = "resnet50-vgg-binary", tmp_path / "weights"
    shutil.copytree(weights_dir, folder)
    alarm = {"threshold": 0.6, "test_sensitivity": 0.8172, "test_specificity": 0.7852}
    write_record(name, folder, find_checkpoint(name, folder).record | {"alarm": alarm})
    environment(SKINAPP_WEIGHTS=str(folder))
    app.switch_page("pages/about.py").run()
    (row,) = next(table.value for table in app.table if "Specificity" in table.value).to_dict("records")
    assert (row["Sensitivity"], row["Specificity"]) == ("0.82", "0.79")


def test_about_opens_without_weights(app, environment, tmp_path):
    environment(SKINAPP_WEIGHTS=str(tmp_path / "nowhere"))
    app.switch_page("pages/about.py").run()
    assert not app.exception
    assert "not installed" in app.table[0].value.to_string()
