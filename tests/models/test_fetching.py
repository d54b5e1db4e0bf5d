"""Weights of others, against a tiny network published in a folder: fetched, checked, then offline."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from transformers import Swin2SRConfig, Swin2SRForImageSuperResolution

from skinapp.__main__ import main
from skinapp.engine.torch_engine import TorchEngine
from skinapp.errors import ModelError, WeightsError
from skinapp.imaging.synthetic import draw_lesion
from skinapp.models import registry
from skinapp.models.fetching import fetch
from skinapp.models.swin2sr import Swin2SREnlarger
from skinapp.models.weights import find_checkpoint, home_of, load_model
from skinapp.models.zoo.tiny import TINY_SWIN2SR
from skinapp.settings import settings

NAME = "tiny-swin2sr-x4"


def publish(folder, **changes):
    torch.manual_seed(0)
    network = Swin2SRForImageSuperResolution(Swin2SRConfig(upscale=4, **TINY_SWIN2SR | changes)).eval()
    network.save_pretrained(folder)
    return network


@pytest.fixture
def published(tmp_path):
    return publish(tmp_path / "published"), tmp_path / "published"


def test_what_was_published_runs_in_the_engine_offline(published, tmp_path, monkeypatch):
    theirs, source = published
    checkpoint = fetch(NAME, tmp_path / "own", source=str(source))
    assert checkpoint.record["fetched"] == {"source": str(source), "revision": "main", "commit": None}
    assert checkpoint == find_checkpoint(NAME, tmp_path / "own")
    monkeypatch.setattr(Swin2SREnlarger, "fetch", lambda *_: pytest.fail("fetched again"))

    image = np.ascontiguousarray(draw_lesion(2, 150, 200)[0][60:73, 80:101])  # no multiple of its windows
    enlarged = TorchEngine(tmp_path / "own", device="cpu").enlarge(NAME, image).image
    with torch.no_grad():
        whole_windows = np.pad(image, ((0, 3), (0, 3), (0, 0)), mode="reflect")
        batch = torch.from_numpy(whole_windows).permute(2, 0, 1)[None] / 255
        expected = theirs(batch).reconstruction[0].clamp(0, 1).mul(255).round().permute(1, 2, 0).numpy()
        expected = expected[:52, :84]
    assert enlarged.shape == (52, 84, 3)
    assert np.abs(enlarged - expected).max() <= 1  # kept in half precision
    assert np.abs(expected - expected.mean()).max() > 5


def test_a_damaged_file_is_refused(published, tmp_path):
    path = fetch(NAME, tmp_path / "own", source=str(published[1])).path
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(WeightsError, match="damaged"):
        load_model(NAME, tmp_path / "own")


def test_a_pickle_is_not_read(published, tmp_path):
    theirs, source = published
    (source / "model.safetensors").unlink()
    torch.save(theirs.state_dict(), source / "pytorch_model.bin")
    with pytest.raises(WeightsError, match="cannot be fetched") as caught:
        fetch(NAME, tmp_path / "own", source=str(source))
    assert "internet" in caught.value.hint


def test_another_network_is_refused(tmp_path):
    publish(tmp_path / "other", embed_dim=16)
    with pytest.raises(WeightsError, match="do not fit"):
        fetch(NAME, tmp_path / "own", source=str(tmp_path / "other"))


def test_a_commit_that_came_once_is_asked_for_again(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(
        Swin2SREnlarger, "fetch", lambda self, source, revision, place: asked.append(revision) or "c0ffee"
    )
    for revision in (None, None, "other"):
        record = fetch(NAME, tmp_path, source="somebody/tiny", revision=revision).record
    assert asked == ["main", "c0ffee", "other"]
    assert record["fetched"]["commit"] == "c0ffee"


def test_models_that_are_trained_here_are_not_fetched(tmp_path):
    for name in ("light-x4", "unet", "committee-ham7"):
        for source in (None, "somebody/tiny"):
            with pytest.raises(ModelError, match="trained here"):
                fetch(name, tmp_path, source)


def test_fetched_models_lie_in_the_cache_and_say_how_they_come_there(tmp_path, capsys):
    assert home_of("swin2sr-x4", tmp_path) == settings().fetched_dir
    with pytest.raises(WeightsError, match="not installed") as caught:
        find_checkpoint("swin2sr-x4", tmp_path)
    assert "python -m skinapp install swin2sr-x4" in caught.value.hint
    assert main(["train", "swin2sr-x4"]) == 2
    assert "python -m skinapp install swin2sr-x4" in capsys.readouterr().err


def test_the_network_of_the_card_is_the_published_one():
    """12 million parameters, as its authors count them; nothing of it is trained here."""
    card = registry.card("swin2sr-x4")
    assert card.recipe is None and card.hub.repo == "caidas/swin2SR-classical-sr-x4-64"
    with torch.device("meta"):
        network = registry.entry("swin2sr-x4").build()
    assert 11.5e6 < sum(parameter.numel() for parameter in network.parameters()) < 12.5e6


def test_a_part_of_a_network_is_refused(published, tmp_path):
    theirs, source = published
    state = theirs.state_dict()
    lacking = next(key for key in state if key.endswith("final_convolution.weight"))
    save_file({key: value for key, value in state.items() if key != lacking}, source / "model.safetensors")
    with pytest.raises(WeightsError, match="do not fit"):
        fetch(NAME, tmp_path / "own", source=str(source))
