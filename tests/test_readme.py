"""The README's generated part is what the program prints today."""

import re
from pathlib import Path

import pytest

from skinapp.models import registry
from skinapp.models.weights import is_installed
from skinapp.services.readme_tables import models_markdown

ROOT = Path(__file__).resolve().parents[1]


def test_models_and_figures_are_those_of_the_weights():
    _before, block = (ROOT / "README.md").read_text(encoding="utf-8").split("<!-- models: begin -->")
    block, _after = block.split("<!-- models: end -->")
    assert block.strip() == models_markdown(ROOT / "weights").strip()


@pytest.mark.parametrize(
    "page", ["README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_every_setting_is_explained():
    read = set(
        re.findall(r'"(SKINAPP_[A-Z_]+)"', (ROOT / "skinapp" / "settings.py").read_text(encoding="utf-8"))
    )
    serving = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
    assert read and [name for name in sorted(read) if f"`{name}`" not in serving] == []


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
