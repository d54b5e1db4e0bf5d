"""Score-CAM against pytorch-grad-cam, and by hand."""

import numpy as np
import pytest
import torch
from pytorch_grad_cam import ScoreCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

from skinapp.attribution.gradcam import class_maps
from skinapp.attribution.method import Method, methods_of
from skinapp.attribution.scorecam import masked, score_cam
from skinapp.engine.torch_engine import TorchEngine
from skinapp.errors import ModelError
from skinapp.imaging.geometry import fit_square
from skinapp.imaging.synthetic import draw_lesion
from skinapp.models import registry
from skinapp.models.weights import load_model
from skinapp.settings import settings
from skinapp.training.task import normalised

NAME = "mobilenetv2-ham7"


class Small(nn.Module):
    """A trunk of six channels at the input's own size, so that nothing hangs on how masks are enlarged."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.trunk = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.ReLU())
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(6 * 16 * 16, 3))

    def forward(self, batch):
        return self.head(self.trunk(batch))


def test_agrees_with_pytorch_grad_cam():
    network = Small().eval()
    batch = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(1))

    def scores_of(mask):
        with torch.no_grad():
            return network(batch * torch.from_numpy(mask))[0]

    with torch.no_grad():
        features = network.trunk(batch)
    maps = score_cam(features, 16, scores_of)
    for index in range(3):
        with ScoreCAM(network, [network.trunk[1]]) as reference:
            expected = reference(batch, [ClassifierOutputTarget(index)])[0]
        got = maps[index] - maps[index].min()
        assert np.abs((got / got.max()).numpy() - expected).max() < 1e-3


def test_by_hand():
    """Two channels: seen through the first, class 0 scores log 3, else 0: the weights are 3/4 and 1/4."""
    features = torch.tensor([[[[0.0, 4.0]], [[8.0, 0.0]]]]).reshape(1, 2, 1, 2)
    counts = []

    def scores_of(mask):
        return torch.tensor([np.log(3.0) if mask[0, -1] == 1 else 0.0, 0.0])

    maps = score_cam(features, 2, scores_of, lambda done, total: counts.append((done, total)))
    assert maps[0].tolist() == [[pytest.approx(2.0), pytest.approx(3.0)]]
    assert maps[1].tolist() == [[4.0, 2.0]]
    assert counts == [(1, 2), (2, 2)]


def test_one_image_only():
    with pytest.raises(ValueError, match="one image"):
        score_cam(torch.zeros(2, 3, 4, 4), 8, lambda mask: torch.zeros(2))


def test_a_mask_leaves_the_mean_colour_where_it_is_closed():
    square = np.full((2, 2, 3), 255, np.uint8)
    seen = masked(square, np.float32([[0, 1], [0.5, 0]]), (0.5, 0.5, 0.0))
    assert seen[0, 0].tolist() == seen[1, 1].tolist() == [128, 128, 0]
    assert seen[0, 1].tolist() == [255, 255, 255]
    assert seen[1, 0].tolist() == [191, 191, 128]


def test_thousands_of_features_are_not_tried_one_by_one(weights_dir, photographs):
    assert Method.SCORE_CAM in methods_of(registry.card("vit-ham7"))
    assert Method.SCORE_CAM not in methods_of(registry.card("clipvit-ham7"))
    with pytest.raises(ModelError, match="cannot be explained in this way"):
        TorchEngine(weights_dir, "cpu").explain_classes("tiny-clip7", photographs[0], Method.SCORE_CAM)


@pytest.mark.parametrize("method", methods_of(registry.card("tiny-ham7")))
def test_the_engine_explains_by_every_method(method, weights_dir, photographs):
    engine = TorchEngine(weights_dir, "cpu")
    maps = engine.explain_classes("tiny-ham7", photographs[0], method)
    assert maps.shape[0] == 7 and maps.dtype == np.float32 and maps.min() >= 0 and maps.max() > 0
    if method is Method.GRAD_CAM:
        assert np.allclose(maps, engine.classify("tiny-ham7", photographs[0]).heatmaps)


@pytest.mark.parametrize("method", methods_of(registry.card(NAME)))
def test_a_network_with_random_weights_gives_another_map(method):
    """The sanity check of Adebayo et al. 2018 (arXiv 1810.03292): a map that survives it explains nothing.

    Grad-CAM++ passes barely: with positive weights alone it shows where any feature is; the page says so.
    """
    torch.manual_seed(1)
    networks = load_model(NAME, settings().weights_dir)[0], registry.entry(NAME).build().eval()
    maps = [_maps(network, method) for network in networks]
    correlations = [np.corrcoef(one.ravel(), other.ravel())[0, 1] for one, other in zip(*maps, strict=True)]
    assert np.nanmedian(correlations) < (0.9 if method is Method.GRAD_CAM_PLUS_PLUS else 0.5)


def _maps(network, method):
    """Of all classes; Score-CAM from a few channels alone."""
    card = registry.card(NAME)
    square = fit_square(draw_lesion(2, 240, 320)[0], card.input_px)

    def features_of(image):
        with torch.no_grad():
            return network.encode(normalised(torch.from_numpy(image).permute(2, 0, 1)[None], card))

    def scores_of(mask):
        with torch.no_grad():
            return network.decode(features_of(masked(square, mask, card.mean)))[0]

    if method is Method.SCORE_CAM:
        return score_cam(features_of(square)[:, ::80], card.input_px, scores_of)
    return class_maps(features_of(square), network.decode, 7, method)
