"""Networks of torchvision and timm, cut in two: the same answers, the same names."""

from dataclasses import replace

import numpy as np
import pytest
import segmentation_models_pytorch as smp
import timm
import torch
import torchvision
from safetensors.torch import save_file
from torch import nn

from skinapp.models import registry, zoo  # noqa: F401
from skinapp.models.card import Task
from skinapp.models.classifier import (
    DenseNet169Classifier,
    Deviations,
    EfficientNetLiteClassifier,
    InceptionV3Classifier,
    MobileNetV2Classifier,
    ResNet50Classifier,
    SmartphoneClassifier,
    VGG16Classifier,
)
from skinapp.models.storage import to_bytes
from skinapp.models.weights import load_imagenet_weights, load_initial_weights, load_model
from skinapp.services.catalogue import listings
from skinapp.training.loop import train
from skinapp.training.task import DataChoice
from skinapp.training.trainer import RunOptions

RECIPES = [name for name in registry.names(with_recipes=True) if name not in registry.names()]
SIDE_PX = 96
NETWORKS = {  # ours, torchvision's, its head
    "resnet50": (ResNet50Classifier, {}, "fc"),
    "densenet169": (DenseNet169Classifier, {}, "classifier"),
    "inception_v3": (InceptionV3Classifier, {"aux_logits": False, "init_weights": False}, "fc"),
}


def torchvision_network(name, **options):
    torch.manual_seed(0)
    return torchvision.models.get_model(name, weights=None, num_classes=7, **options)


@pytest.mark.parametrize("name", NETWORKS)
@torch.no_grad()
def test_answers_as_torchvision_does_from_its_weights(name, tmp_path):
    kind, options, head = NETWORKS[name]
    theirs = torchvision_network(name, **options)
    theirs.train()(torch.randn(4, 3, SIDE_PX, SIDE_PX))  # so that batch norm has seen something
    save_file(theirs.eval().state_dict(), tmp_path / "theirs.safetensors")
    ours = kind(classes=7).eval()
    taken, total = load_initial_weights(ours, tmp_path / "theirs.safetensors")
    assert taken == total - 2
    ours.classifier[-1].load_state_dict(getattr(theirs, head).state_dict())
    batch = torch.randn(2, 3, SIDE_PX, SIDE_PX)
    torch.testing.assert_close(ours(batch), theirs(batch), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(ours.decode(ours.encode(batch)), ours(batch), rtol=1e-4, atol=1e-4)


def assert_reads_moments(ours, batch, *maps):
    """These maps, by NumPy, and the linear layer on their moments."""
    maps = np.concatenate(maps, axis=1)
    features = ours.encode(batch)
    np.testing.assert_allclose(features[:, : maps.shape[1]], maps, rtol=1e-4, atol=1e-4)
    moments = np.concatenate([maps.mean(axis=(2, 3)), maps.std(axis=(2, 3))], axis=1)
    np.testing.assert_allclose(ours.pool(features), moments, rtol=1e-3, atol=1e-3)
    last = ours.classifier[-1]
    expected = moments @ last.weight.numpy().T + last.bias.numpy()
    np.testing.assert_allclose(ours(batch), expected, rtol=1e-2, atol=1e-3)


@torch.no_grad()
def test_mobilenet_reads_moments_of_the_last_two_bottlenecks_of_torchvision(tmp_path):
    theirs = torchvision_network("mobilenet_v2")
    theirs.train()(torch.randn(4, 3, SIDE_PX, SIDE_PX))
    save_file(theirs.eval().state_dict(), tmp_path / "theirs.safetensors")
    ours = MobileNetV2Classifier(classes=7).eval()
    taken, total = load_initial_weights(ours, tmp_path / "theirs.safetensors")
    assert taken == total - 1  # the bias fits too
    batch = torch.randn(2, 3, SIDE_PX, SIDE_PX)
    before = theirs.features[:17](batch)
    assert_reads_moments(ours, batch, before, theirs.features[17](before))


def test_deviations_of_a_map_of_two_places():
    """Of 1 and 5 the mean is 3 and the deviation 2: either place is 2 ** 2 / 2 away."""
    maps = Deviations()(torch.tensor([[[[1.0, 5.0]]]]))
    np.testing.assert_allclose(maps[0, :, 0], [[1, 5], [2, 2]], rtol=1e-6)


def test_the_place_that_differs_is_the_one_that_is_shown():
    maps = torch.zeros(1, 1, 3, 3)
    maps[0, 0, 1, 2] = -1
    distances = Deviations()(maps)[0, 1]
    assert distances.argmax() == 5
    assert distances.mean() == pytest.approx(np.sqrt(8) / 9, rel=1e-4)


def test_maps_that_are_the_same_everywhere_have_a_gradient():
    maps = torch.ones(1, 480, 2, 2, dtype=torch.bfloat16, requires_grad=True)
    features = Deviations()(maps)
    assert features.dtype == torch.bfloat16
    assert features[0, 480:].max() < 0.01
    features.sum().backward()
    assert torch.isfinite(maps.grad).all()


@pytest.mark.parametrize("scale", [0, 2])
@torch.no_grad()
def test_lite_reads_moments_of_the_last_two_stages_of_timm(scale, tmp_path):
    torch.manual_seed(0)
    theirs = timm.create_model(f"tf_efficientnet_lite{scale}", num_classes=7)
    theirs.train()(torch.randn(4, 3, SIDE_PX, SIDE_PX))
    save_file(theirs.eval().state_dict(), tmp_path / "theirs.safetensors")
    ours = EfficientNetLiteClassifier(classes=7, scale=scale).eval()
    taken, total = load_initial_weights(ours, tmp_path / "theirs.safetensors")
    assert taken == total - 2
    batch = torch.randn(2, 3, SIDE_PX, SIDE_PX)
    before = theirs.blocks[:-1](theirs.bn1(theirs.conv_stem(batch)))
    assert_reads_moments(ours, batch, before, theirs.blocks[-1](before))


def test_downloaded_weights_of_an_encoder_fill_all_but_the_last_layer(monkeypatch):
    """The encoder of segmentation-models-pytorch that the card names, with random weights."""
    card = registry.card("efficientnetlite2-ham7")
    encoder = smp.encoders.get_encoder(card.encoder, weights=None)
    asked = []

    def without_download(name, weights):
        asked.append((name, weights))
        return encoder

    monkeypatch.setattr(smp.encoders, "get_encoder", without_download)
    ours = registry.entry(card.name).build()
    taken, total = load_imagenet_weights(ours, card.encoder)
    assert asked == [(card.encoder, "imagenet")]
    assert taken == total - 2


@torch.no_grad()
def test_vgg_has_the_features_of_torchvision(tmp_path):
    theirs = torchvision_network("vgg16_bn").eval()
    features = {key: value for key, value in theirs.state_dict().items() if key.startswith("features.")}
    save_file(features, tmp_path / "theirs.safetensors")
    ours = VGG16Classifier(classes=7).eval()
    taken, total = load_initial_weights(ours, tmp_path / "theirs.safetensors")
    assert taken == total - 2
    batch = torch.randn(1, 3, SIDE_PX, SIDE_PX)
    torch.testing.assert_close(ours.encode(batch), theirs.features(batch))
    assert ours(batch).shape == (1, 7)


@torch.no_grad()
def test_the_smartphone_network_has_the_layers_of_paper_c(tmp_path):
    theirs = torchvision_network("resnet50").eval()
    save_file(theirs.state_dict(), tmp_path / "theirs.safetensors")
    ours = SmartphoneClassifier().eval()
    taken, _total = load_initial_weights(ours, tmp_path / "theirs.safetensors")
    assert taken == len([key for key in theirs.state_dict() if not key.startswith(("layer4", "fc"))])
    batch = torch.randn(1, 3, 224, 224)
    fourth = nn.Sequential(*list(theirs.children())[:7])(batch)
    assert fourth.shape == (1, 1024, 14, 14)
    torch.testing.assert_close(ours.features[:-1](batch), fourth, rtol=1e-4, atol=1e-4)
    assert [part[0].out_channels for part in ours.features[-1]] == [32, 64, 64, 128]
    dense = [part for part in ours.classifier if isinstance(part, nn.Linear)]
    assert [(part.in_features, part.out_features) for part in dense] == [(6272, 512), (512, 2)]
    features = ours.encode(batch)
    numbers = features[0].reshape(128, 7, 2, 7, 2).mean(dim=(2, 4)).flatten()
    expected = dense[1](dense[0](numbers).tanh())
    torch.testing.assert_close(ours(batch)[0], expected, rtol=1e-4, atol=1e-5)


def test_downloaded_weights_of_torchvision_fill_what_no_encoder_has(monkeypatch):
    asked, theirs = [], torchvision_network("inception_v3", aux_logits=True, init_weights=False)

    def without_download(name, weights):
        asked.append((name, weights))
        return theirs

    monkeypatch.setattr(torchvision.models, "get_model", without_download)
    ours = registry.entry("inceptionv3-ham7").build()
    taken, total = load_imagenet_weights(ours, registry.card("inceptionv3-ham7").encoder)
    assert asked == [("inception_v3", "DEFAULT")]
    assert taken == total - 2


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_offered_once_somebody_trained_it(name, tmp_path):
    assert name not in [known.card.name for known in listings(tmp_path, Task.CLASSIFICATION)]
    (tmp_path / f"{name}.json").write_text("{}")
    (tmp_path / f"{name}.safetensors").write_bytes(b"")
    assert name in [known.card.name for known in listings(tmp_path, Task.CLASSIFICATION)]


def test_the_largest_recipe_trains_and_makes_a_file_under_45_mb(data_dir, tmp_path):
    name, options = "resnet50-over", RunOptions(run_dir=tmp_path / "runs", weights_dir=tmp_path / "weights")
    short = replace(registry.card(name).recipe, stages=((1, 64),), batch_size=4)
    record = train(name, DataChoice(data_dir), options, short)
    assert record["settings"]["sampling"] == "over"
    network, checkpoint = load_model(name, tmp_path / "weights")
    assert network(torch.randn(1, 3, 64, 64)).shape == (1, 7)
    assert checkpoint.path.stat().st_size < 45 * 2**20


def test_clip_in_six_bits_makes_a_file_under_45_mb():
    card = registry.card("clipvit-ham7")
    assert len(to_bytes(registry.entry(card.name).build().state_dict(), card.bits)) < 45 * 2**20


def test_downloaded_weights_of_timm_fill_what_only_it_has(monkeypatch):
    """Twelve blocks are downloaded, seven are taken; batch norm behind them and two layers are new."""
    card = registry.card("clipvit-ham7")
    asked, theirs = [], timm.create_model(card.encoder, num_classes=0)

    def without_download(name, pretrained):
        asked.append((name, pretrained))
        return theirs

    monkeypatch.setattr(timm, "create_model", without_download)
    ours = registry.entry(card.name).build()
    taken, total = load_imagenet_weights(ours, card.encoder)
    assert asked == [(card.encoder, True)]
    assert taken == total - 7
    theirs, own = theirs.state_dict(), ours.state_dict()
    assert torch.equal(own["features.transformer.blocks.5.mlp.fc2.weight"], theirs["blocks.5.mlp.fc2.weight"])
