"""Reads every import and shows where one points up the list of layers, or a library is out of place."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Imports point from a lower number to the same or a higher one.
LAYERS = {
    "app": 0,
    "pages": 0,
    "skinapp.__main__": 1,
    "skinapp.options": 1,
    "skinapp.ui": 1,
    "skinapp.benchmark": 1,
    "skinapp.services": 2,
    "skinapp.engine": 3,
    "skinapp.attribution": 3,
    "skinapp.training": 3,
    "skinapp.models": 4,
    "skinapp.data": 4,
    "skinapp.imaging": 5,
    "skinapp.metrics": 5,
    "skinapp.results": 6,
    "skinapp.labels": 6,
    "skinapp.patient": 6,
    "skinapp.errors": 6,
    "skinapp.settings": 6,
    "skinapp.i18n": 6,
}
SEEN_BY_PAGES = ("skinapp.ui", "skinapp.services", "skinapp.results", "skinapp.labels", "skinapp.i18n")
PLACES = {
    "streamlit": ("app", "pages", "skinapp.ui"),
    "streamlit_webrtc": ("skinapp.ui",),
    "openvino": ("skinapp.engine",),
    "nncf": ("skinapp.engine",),
    "torch": (
        "skinapp.engine",
        "skinapp.attribution",
        "skinapp.training",
        "skinapp.models",
        "skinapp.data",
        "skinapp.__main__",
        "skinapp.benchmark",
    ),
}


def _sources() -> dict[str, Path]:
    files = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "skinapp").rglob("*.py")]
    return {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in files}


def _imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _layer(module: str) -> int | None:
    known = [prefix for prefix in LAYERS if module == prefix or module.startswith(prefix + ".")]
    return LAYERS[max(known, key=len)] if known else None


def _is_in(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(place + ".") for place in places)


def test_every_module_has_a_layer():
    homeless = [name for name in _sources() if _layer(name) is None and not name.endswith("__init__")]
    assert homeless == []


def test_imports_point_down():
    turned = [
        f"{module} -> {name}"
        for module, file in _sources().items()
        for name in _imports(file)
        if name.startswith("skinapp.") and None not in (_layer(module), _layer(name))
        if _layer(name) < _layer(module)
    ]
    assert turned == []


def test_streamlit_and_torch_stay_in_their_places():
    strays = [
        f"{module} -> {name}"
        for module, file in _sources().items()
        for name in _imports(file)
        for library, places in PLACES.items()
        if name.split(".")[0] == library and not _is_in(module, places)
    ]
    assert strays == []


def test_pages_see_services_and_ui_alone():
    strays = [
        f"{module} -> {name}"
        for module, file in _sources().items()
        if module.startswith("pages.")
        for name in _imports(file)
        if name.startswith("skinapp.") and not _is_in(name, SEEN_BY_PAGES)
    ]
    assert strays == []
