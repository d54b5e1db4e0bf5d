"""Grad-CAM and its relatives against pytorch-grad-cam, maps made by hand, and their scale."""

import numpy as np
import pytest
import torch
from pytorch_grad_cam import GradCAM, GradCAMPlusPlus, HiResCAM
from pytorch_grad_cam.utils.image import scale_cam_image
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget, SemanticSegmentationTarget
from torch import nn

from skinapp.attribution.gradcam import class_maps, grad_cam
from skinapp.attribution.grid import SAMPLES, Grid
from skinapp.attribution.method import Method
from skinapp.attribution.targets import each_class, lesion_pixels
from skinapp.engine.torch_engine import TorchEngine
from skinapp.models import registry, zoo  # noqa: F401
from skinapp.models.card import Task
from skinapp.models.weights import load_model
from tests.networks import TRAINED_HERE

TOLERANCE = 1e-3  # on maps scaled to [0, 1]
SEGMENTERS = [*registry.names(Task.SEGMENTATION), *registry.names(Task.SEGMENTATION, for_tests=True)]
CLASSIFIERS = [name for name in TRAINED_HERE if registry.card(name).task is Task.CLASSIFICATION]


@pytest.fixture(scope="module")
def engine(weights_dir):
    return TorchEngine(weights_dir, device="cpu", max_models=20)


@pytest.fixture
def raw_maps(monkeypatch):
    """The engine's maps as they are before they are put at their place on the picture, see `Grid`."""
    monkeypatch.setattr(Grid, "aligned", lambda _grid, maps, _side_px: maps)


class Cut(nn.Module):
    """A segmenter with a layer at the cut, where the reference can hook."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        self.cut = nn.Identity()

    def forward(self, batch):
        *shallow, deep = self.network.encode(batch)
        return self.network.decode([*shallow, self.cut(deep)])


def last_map(network):
    """The layer whose output ``decode`` goes on from, and what makes a map of it where it gives tokens."""
    if not hasattr(network, "blocks"):
        return network.features[-1], None
    side = network.position.shape[2]
    return network.blocks[-2], lambda tokens: tokens.transpose(1, 2).unflatten(2, (side, side))


def reference(network, layer, batch, target, cam_class=GradCAM, as_map=None):
    """The map of pytorch-grad-cam on the unfolded network, scaled to [0, 1] at the size of the input."""
    with cam_class(network.requires_grad_(True), [layer], reshape_transform=as_map) as cam:
        return cam(batch, [target])[0]


def scaled_like_reference(heatmap, side_px):
    return scale_cam_image(scale_cam_image(heatmap[None], (side_px, side_px)))[0]


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_class_agrees_with_pytorch_grad_cam(name, engine, weights_dir, photographs, raw_maps):
    network, _checkpoint = load_model(name, weights_dir)
    card = registry.card(name)
    batch = engine._batch(card, photographs[0])
    answer = engine.classify(name, photographs[0])
    heatmaps = answer.heatmaps
    layer, as_map = last_map(network)
    # The top class too: of a rare one the map may be empty.
    indices = sorted({0, len(card.labels) // 2, len(card.labels) - 1, answer.top})
    expected = [
        reference(network, layer, batch, ClassifierOutputTarget(index), as_map=as_map) for index in indices
    ]
    assert np.max(expected) > 0.9
    for index, wanted in zip(indices, expected, strict=True):
        got = scaled_like_reference(heatmaps[index], card.input_px)
        assert np.abs(got - wanted).max() < TOLERANCE


RELATIVES = {Method.GRAD_CAM_PLUS_PLUS: GradCAMPlusPlus, Method.HIRES_CAM: HiResCAM}


class CurvedHead(nn.Module):
    """A trunk and a head whose gradient differs from pixel to pixel."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.trunk = nn.Sequential(nn.Conv2d(3, 8, 5, stride=4), nn.ReLU())
        self.head = nn.Sequential(nn.Conv2d(8, 8, 3), nn.Tanh(), nn.Flatten(), nn.LazyLinear(3))
        self(torch.zeros(1, 3, 32, 32))

    def forward(self, batch):
        return self.head(self.trunk(batch))


@pytest.mark.parametrize("method", RELATIVES)
def test_the_relatives_agree_with_pytorch_grad_cam(method):
    network = CurvedHead().eval()
    batch = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        features = network.trunk(batch)
    maps = class_maps(features, network.head, 3, method)
    plain = class_maps(features, network.head, 3)
    for index in range(3):
        target = ClassifierOutputTarget(index)
        expected = reference(network, network.trunk[1], batch, target, RELATIVES[method])
        got = scaled_like_reference(maps[index].numpy(), 32)
        assert np.abs(got - expected).max() < TOLERANCE
        assert np.abs(got - scaled_like_reference(plain[index].numpy(), 32)).max() > 10 * TOLERANCE


def outline_map(network, batch, pixel_weights):
    *shallow, deep = network.encode(batch)
    heatmap = grad_cam(
        deep,
        decode=lambda features: network.decode([*shallow, features]),
        target=lambda logits: (logits[0, 0] * pixel_weights).sum(),
    )
    return heatmap[0].numpy()


@pytest.mark.parametrize("name", SEGMENTERS)
def test_outline_map_agrees_with_pytorch_grad_cam(name, engine, weights_dir, photographs):
    """For the lesion's pixels and against them: at least one of the two maps is not empty."""
    network, _checkpoint = load_model(name, weights_dir)
    card = registry.card(name)
    batch = engine._batch(card, photographs[0])
    mask = (network(batch)[0, 0] >= network(batch).median()).float()
    cut = Cut(network)
    has_layer = not card.has_gates and hasattr(network.encoder, "features")
    layer = network.encoder.features[-1] if has_layer else cut.cut
    largest = 0
    for pixel_weights in (mask, -mask):
        heatmap = outline_map(network, batch, pixel_weights)
        expected = reference(cut, layer, batch, SemanticSegmentationTarget(0, pixel_weights.numpy()))
        assert np.abs(scaled_like_reference(heatmap, card.input_px) - expected).max() < TOLERANCE
        largest = max(largest, expected.max())
    assert largest > 0.9


@pytest.mark.parametrize("name", SEGMENTERS)
def test_the_engine_explains_like_the_unfolded_network(name, engine, weights_dir, photographs, raw_maps):
    """Folding rounds differently, which flips a few pixels at the threshold and a few ReLUs."""
    network, checkpoint = load_model(name, weights_dir)
    card = registry.card(name)
    batch = engine._batch(card, photographs[0])
    probs = network(batch)[0, 0].sigmoid()
    for threshold in np.quantile(probs, [0.1, 0.5, 0.9]):
        chosen = probs >= threshold
        expected = outline_map(network, batch, chosen / chosen.sum()) / checkpoint.reference_heat
        heatmap = engine.explain_outline(name, photographs[0], float(threshold))
        assert np.abs(heatmap - expected).max() <= 0.01 * expected.max()


FEATURES = torch.tensor([[[[1.0, 2.0], [0.0, 4.0]], [[3.0, 0.0], [1.0, 1.0]]]])
WEIGHTS = torch.tensor([[8.0, -4.0], [-4.0, 4.0]])  # (class, channel)


def linear_head(features):
    return features.mean(dim=(2, 3)) @ WEIGHTS.T


def test_linear_head_by_hand():
    """Gradients are WEIGHTS / 4: class 0 is relu(2 A_0 - A_1), class 1 is relu(A_1 - A_0)."""
    maps = class_maps(FEATURES, linear_head, classes=2)
    assert maps[0].tolist() == [[0.0, 4.0], [0.0, 7.0]]
    assert maps[1].tolist() == [[2.0, 0.0], [1.0, 0.0]]


def test_behind_a_mean_over_pixels_every_gradient_is_its_mean():
    maps = class_maps(FEATURES, linear_head, 2, Method.HIRES_CAM)
    assert torch.allclose(maps, class_maps(FEATURES, linear_head, 2))


def test_grad_cam_plus_plus_by_hand():
    """Of class 0, g_0 = 2 everywhere and A_0 sums to 7: a_0 = 4 / (8 + 56), so w_0 = 4 * 2 / 16. w_1 = 0."""
    maps = class_maps(FEATURES, linear_head, 2, Method.GRAD_CAM_PLUS_PLUS)
    assert maps[0].flatten().tolist() == pytest.approx([0.5, 1.0, 0.0, 2.0], rel=1e-5)


def test_one_pass_gives_what_one_pass_per_class_gives():
    maps = class_maps(FEATURES, linear_head, classes=2)
    for index in range(2):
        alone = grad_cam(FEATURES, linear_head, lambda logits, index=index: logits[0, index])
        assert torch.equal(maps[index], alone[0])


def test_a_weak_map_stays_weak():
    """A head of a tenth of the strength makes a map of a tenth: nothing is scaled to its own maximum."""
    strong = class_maps(FEATURES, linear_head, classes=2)
    weak = class_maps(FEATURES, lambda features: 0.1 * linear_head(features), classes=2)
    assert torch.allclose(weak, 0.1 * strong)


def test_no_lesion_no_map(engine, photographs):
    threshold = 1.0
    assert engine.segment("tiny-unet", photographs[0]).prob_map.max() < threshold
    heatmap = engine.explain_outline("tiny-unet", photographs[0], threshold)
    assert heatmap.shape == (2 * SAMPLES, 2 * SAMPLES)
    assert not heatmap.any()


def test_the_callers_tensors_are_left_alone():
    features = FEATURES.clone()
    with torch.no_grad():
        maps = class_maps(features, linear_head, classes=2)
    assert torch.equal(features, FEATURES)
    assert not features.requires_grad
    assert not maps.requires_grad


def test_class_maps_take_one_image():
    with pytest.raises(ValueError, match=r"\(2, 2, 2, 2\)"):
        class_maps(FEATURES.expand(2, -1, -1, -1), linear_head, classes=2)


def test_targets_by_hand():
    logits = torch.tensor([[[[-2.0, 0.5], [3.0, 0.0]]]])
    assert lesion_pixels(0.5)(logits).item() == pytest.approx(3.5 / 3)
    assert lesion_pixels(0.9)(logits).item() == 3.0  # sigmoid(3) = 0.953
    assert each_class(torch.tensor([[1.0, 9.0], [9.0, 2.0]])).item() == 3.0


def test_half_precision_logits_are_averaged_without_overflow():
    logits = torch.full((1, 1, 256, 256), 10.0, dtype=torch.float16)
    assert lesion_pixels(0.5)(logits).item() == 10.0
