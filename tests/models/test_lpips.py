"""LPIPS against TorchMetrics, both on a stand-in for AlexNet: the real one would have to be downloaded."""

from urllib.error import URLError

import numpy as np
import pytest
import torch
from torchmetrics.functional.image.lpips import _LPIPS

from skinapp.errors import WeightsError
from skinapp.imaging.degrade import clean_downsampling
from skinapp.imaging.enlarging import enlarge_bicubic
from skinapp.imaging.synthetic import draw_lesion
from skinapp.models import lpips
from skinapp.models.lpips import Lpips, install_lpips, installed_lpips

IMAGE = draw_lesion(2, 148, 200)[0]


@pytest.fixture
def alexnet(monkeypatch):
    """Seeded weights under the names that torchvision gives them."""
    torch.manual_seed(0)
    state = {f"features.{key}": tensor for key, tensor in Lpips().trunk.state_dict().items()}
    state["classifier.1.weight"] = torch.zeros(3)
    monkeypatch.setattr(lpips, "_alexnet", lambda: state)
    return state


def reference(state):
    """TorchMetrics' network with the same trunk and its own fitted weights."""
    network = _LPIPS(net="alex", pnet_rand=True)
    slices = dict(network.net.named_parameters())
    by_layer = {key.split(".", 1)[1]: tensor for key, tensor in slices.items()}  # slice2.3.weight -> 3.weight
    with torch.no_grad():
        for key, tensor in by_layer.items():
            tensor.copy_(state[f"features.{key}"])
    return network


def test_it_is_what_torchmetrics_measures(alexnet, tmp_path):
    install_lpips(tmp_path)
    distance = installed_lpips(tmp_path)
    blurred = enlarge_bicubic(clean_downsampling(IMAGE))
    pair = [torch.from_numpy(image).permute(2, 0, 1)[None] / 255 for image in (blurred, IMAGE)]
    expected = float(reference(alexnet)(*pair, normalize=True))
    assert expected > 1e-4
    assert distance.between(blurred, IMAGE) == pytest.approx(expected, rel=1e-3)
    assert distance.between(IMAGE, IMAGE) == 0


def test_without_weights_there_is_none(tmp_path):
    assert installed_lpips(tmp_path) is None


def test_a_damaged_file_is_refused(alexnet, tmp_path):
    path = install_lpips(tmp_path)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(WeightsError, match="damaged"):
        installed_lpips(tmp_path)


def test_offline_the_installation_says_so(tmp_path, monkeypatch):
    def fail(*_args, **_kwargs):
        raise URLError("no route")

    monkeypatch.setattr("torch.hub.download_url_to_file", fail)
    with pytest.raises(WeightsError, match="AlexNet"):
        install_lpips(tmp_path)
    assert not list(tmp_path.iterdir())


def test_its_fitted_weights_are_not_all_one(alexnet, tmp_path):
    install_lpips(tmp_path)
    weights = installed_lpips(tmp_path).weights
    assert [len(weight) for weight in weights] == list(lpips.CHANNELS)
    assert all(np.ptp(weight.numpy()) > 0 and weight.min() >= 0 for weight in weights)
