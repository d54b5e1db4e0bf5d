"""The README's generated part is what the program prints today."""

from pathlib import Path

from skinapp.models import registry
from skinapp.models.weights import is_installed
from skinapp.services.readme_tables import models_markdown

ROOT = Path(__file__).resolve().parents[1]


def test_models_and_figures_are_those_of_the_weights():
    _before, block = (ROOT / "README.md").read_text(encoding="utf-8").split("<!-- models: begin -->")
    block, _after = block.split("<!-- models: end -->")
    assert block.strip() == models_markdown(ROOT / "weights").strip()


def test_every_model_has_its_weights_committed():
    missing = [
        name
        for name in registry.names()
        if not registry.card(name).hub and not is_installed(name, ROOT / "weights")
    ]
    assert missing == []


def test_the_weights_are_small_enough():
    sizes = {path.name: path.stat().st_size for path in (ROOT / "weights").glob("*.safetensors")}
    assert all(size <= 45 * 2**20 for size in sizes.values())
    assert sum(sizes.values()) <= 200e6
