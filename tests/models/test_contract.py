"""What every model of the zoo keeps to. A new model is tested by existing."""

import hashlib
import json
import subprocess
import sys
from dataclasses import asdict

import pytest
import torch

from skinapp.errors import ModelError
from skinapp.imaging.cleaning import CLEANING_STEPS
from skinapp.labels import BINARY_CODES, HAM7_CODES
from skinapp.models import registry, zoo  # noqa: F401
from skinapp.models.card import Task
from skinapp.models.weights import find_checkpoint, is_installed, load_model
from skinapp.settings import settings
from tests.networks import TRAINED_HERE

NAMES = [*registry.names(with_recipes=True), *registry.names(for_tests=True)]


def test_whoever_asks_first_sees_all_models():
    """On a server just started, two visitors at once; else an empty list would be kept for minutes."""
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from skinapp.models import registry\n"
        "with ThreadPoolExecutor(2) as pool:\n"
        "    print(*pool.map(lambda _visitor: len(registry.names()), range(2)))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == [str(len(registry.names()))] * 2


@pytest.mark.parametrize("name", TRAINED_HERE)
def test_loads_and_keeps_its_shape(name, weights_dir):
    network, _checkpoint = load_model(name, weights_dir)
    card = registry.card(name)
    batch = torch.rand(2, 3, card.input_px, card.input_px)
    with torch.inference_mode():
        output = network(batch)
        if card.task is not Task.SUPER_RESOLUTION:
            assert torch.equal(network.decode(network.encode(batch)), output)
    enlarged_px = card.input_px * card.scale
    assert (
        output.shape
        == {
            Task.SEGMENTATION: (2, 1, card.input_px, card.input_px),
            Task.CLASSIFICATION: (2, len(card.labels)),
            Task.SUPER_RESOLUTION: (2, 3, enlarged_px, enlarged_px),
        }[card.task]
    )
    assert not any(module.training for module in network.modules())
    assert not any(parameter.requires_grad for parameter in network.parameters())


@pytest.mark.parametrize("name", NAMES)
def test_card_is_filled_in(name):
    card = registry.card(name)
    for field in ("title", "architecture", "source", "data", "licence", "intended_use"):
        assert getattr(card, field).strip(), field
    assert card.limits
    assert all(passage == passage.strip() and passage.endswith(".") for passage in card.limits)
    labels = {
        Task.SEGMENTATION: [("lesion",)],
        Task.CLASSIFICATION: [HAM7_CODES, BINARY_CODES],
        Task.SUPER_RESOLUTION: [()],
    }
    assert card.labels in labels[card.task]
    assert card.has_alarm_levels == (card.labels == BINARY_CODES)
    assert set(card.cleaning) <= set(CLEANING_STEPS)
    steps = {Task.SEGMENTATION: 32, Task.CLASSIFICATION: 16, Task.SUPER_RESOLUTION: 8}
    assert card.input_px % steps[card.task] == 0
    assert (card.scale > 1) == (card.task is Task.SUPER_RESOLUTION)
    assert (card.recipe is None) == (card.hub is not None or bool(card.members))
    assert card.recipe is None or card.recipe.epochs + card.recipe.head_epochs >= 1


@pytest.mark.parametrize("name", ["light-x4", "srresnet-x4", "srgan-x4"])
def test_the_command_alone_does_what_made_the_committed_weights(name):
    """The recipe on the card is that of the training, or of its first part where there were two."""
    record = find_checkpoint(name, settings().weights_dir).record
    first = (record["init"] or {}).get("settings", {})
    made_by = first if first.get("loss") == record["settings"]["loss"] else record["settings"]
    recipe = json.loads(json.dumps(asdict(registry.card(name).recipe)))
    # settings that came after some of the trainings
    later = {"mixing": 0.0, "distillation": 0.5, "frozen": 0, "folded": False, "sampling": "all"}
    later |= {"malignant_weight": 1.0, "hints": 0.0, "priors": False, "unlabelled": False}
    later |= {"evening": 0.0, "refit": 0.0, "head_epochs": 0, "head_groups": 1}
    assert recipe == {key: (later | made_by)[key] for key in recipe}


@pytest.mark.parametrize("name", [name for name in NAMES if registry.card(name).twin])
def test_twin_exists_and_is_trained_alike(name):
    card = registry.card(name)
    twin = registry.card(card.twin)
    assert card.has_gates
    assert not twin.has_gates
    assert twin.recipe is card.recipe
    assert (twin.task, twin.data, twin.input_px, twin.mean, twin.std) == (
        card.task,
        card.data,
        card.input_px,
        card.mean,
        card.std,
    )


@pytest.mark.parametrize("name", [name for name in NAMES if registry.card(name).has_gates])
def test_every_model_with_gates_has_a_twin(name):
    assert registry.card(name).twin in NAMES


@pytest.mark.parametrize("name", registry.names())
def test_installed_weights_are_the_recorded_ones(name):
    folder = settings().weights_dir
    if not is_installed(name, folder):
        pytest.skip("not installed")
    checkpoint, members = find_checkpoint(name, folder), registry.card(name).members
    known = [find_checkpoint(member, folder).sha256 for member in members]
    if members:
        assert checkpoint.record["members"] == dict(zip(members, known, strict=True))
    content = "".join(known).encode() if members else checkpoint.path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == checkpoint.sha256
    assert checkpoint.temperature > 0


def test_test_models_are_not_in_the_lists_on_screen():
    assert not any(name.startswith("tiny") for name in registry.names())
    assert {name for task in Task for name in registry.names(task)} == set(registry.names())


def test_a_name_can_be_taken_once():
    with pytest.raises(ValueError, match="'unet' is registered already"):
        registry.register(registry.card("unet"))(lambda: None)


def test_a_typo_gets_a_suggestion():
    with pytest.raises(ModelError) as caught:
        registry.entry("unet-atention")
    assert caught.value.hint == "Did you mean 'unet-attention'?"


def test_a_strange_name_gets_the_list():
    with pytest.raises(ModelError) as caught:
        registry.entry("zzz")
    assert "mobilenetv2-ham7" in caught.value.hint
