"""Every visible text can be translated, and the catalogue holds all of them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCREENS = [
    ROOT / "app.py",
    *sorted((ROOT / "pages").glob("*.py")),
    *sorted((ROOT / "skinapp/ui").glob("*.py")),
]

# Calls whose text a visitor reads, and their keywords that are read too.
SPOKEN_KEYWORDS = {"label", "help", "placeholder", "text", "caption", "alt", "title", "body"}
SILENT_CALLS = {
    "get",
    "pop",
    "setdefault",
    "html",
    "container",
    "columns",
    "grid",
    "chat_message",
    "stop",
    "rerun",
    "cache_data",
    "cache_resource",
    "component",
}


def _catalogue(path: Path) -> set[str]:
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return {str(message.id) for message in read_po(file) if message.id}


def test_the_catalogue_is_up_to_date(tmp_path):
    fresh = tmp_path / "skinapp.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg"]
    command += ["-k", "marked", "-o", str(fresh), "--no-location", "--omit-header", "."]
    subprocess.run(command, cwd=ROOT, check=True)
    assert _catalogue(ROOT / "skinapp/locale/skinapp.pot") == _catalogue(fresh), "run: make messages"


def _spoken_literals(file: Path) -> list[str]:
    """Texts given to ``st.*`` as literals, formatted ones too, rather than through the catalogue."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _is_streamlit(node.func) and node.func.attr not in SILENT_CALLS:
            spoken = node.args[:1] + [key.value for key in node.keywords if key.arg in SPOKEN_KEYWORDS]
            found += [f"{file.name}:{value.lineno}" for value in spoken if _has_words(value)]
    return found


def _is_streamlit(func: ast.expr) -> bool:
    """``st.x`` or ``st.sidebar.x``, and ``x.progress`` of a placeholder."""
    while isinstance(func, ast.Attribute):
        if isinstance(func.value, ast.Name) and func.value.id == "st":
            return True
        func = func.value
    return False


def _has_words(value: ast.expr) -> bool:
    """A literal with letters outside of code, links and icons; the text parts of an f-string count."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        text = value.value
        return any(letter.isalpha() for letter in text) and not text.startswith((":material/", "pages/"))
    if isinstance(value, ast.JoinedStr):
        return any(_has_words(part) for part in value.values if isinstance(part, ast.Constant))
    return False


@pytest.mark.parametrize("file", SCREENS, ids=lambda file: file.name)
def test_no_visible_text_bypasses_the_catalogue(file):
    assert _spoken_literals(file) == []


def test_the_check_would_find_one(tmp_path):
    page = tmp_path / "page.py"
    page.write_text('st.write("Hello")\nst.button(_("Go"), help="now")\nst.markdown(f"**{x}**")\n')
    assert _spoken_literals(page) == ["page.py:1", "page.py:2"]
