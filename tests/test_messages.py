"""Every visible text can be translated, and the catalogue holds all of them."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from skinapp.i18n import (
    DEFAULT_LANGUAGE,
    LANGUAGES,
    catalogue_file,
    format_number,
    format_percent,
    gettext,
    ngettext,
    set_language,
)

ROOT = Path(__file__).resolve().parent.parent
SCREENS = [
    ROOT / "app.py",
    *sorted((ROOT / "pages").glob("*.py")),
    *sorted((ROOT / "skinapp/ui").glob("*.py")),
]
SOURCES = [*SCREENS, *sorted((ROOT / "skinapp/services").rglob("*.py"))]
TEMPLATE = ROOT / "skinapp/locale/skinapp.pot"
TRANSLATED = [language for language in LANGUAGES if language != DEFAULT_LANGUAGE]

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


def _messages(path: Path) -> dict[str | tuple, object]:
    with path.open("rb") as file:
        return {message.id: message for message in read_po(file) if message.id}


def test_the_catalogue_is_up_to_date(tmp_path):
    fresh = tmp_path / "skinapp.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg"]
    command += ["-k", "marked", "-o", str(fresh), "--no-location", "--omit-header", "."]
    subprocess.run(command, cwd=ROOT, check=True)
    assert _messages(TEMPLATE).keys() == _messages(fresh).keys(), "run: make messages"


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


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_message_stands_inside_an_f_string(file):
    """There the collector does not see it, but in some versions of Python."""
    calls = [
        ast.unparse(call)
        for text in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("_", "ngettext", "marked")
        if isinstance(call.args[0], ast.Constant)
    ]
    assert calls == []


def test_the_check_would_find_one(tmp_path):
    page = tmp_path / "page.py"
    page.write_text('st.write("Hello")\nst.button(_("Go"), help="now")\nst.markdown(f"**{x}**")\n')
    assert _spoken_literals(page) == ["page.py:1", "page.py:2"]


def _marks(text: str) -> list[str]:
    """What a translation must keep: placeholders, code and the targets of links."""
    return sorted(re.findall(r"\{[^{}]*\}|`[^`]*`|\]\([^)]*\)|\*\*", text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_has_every_message(language):
    wanted, known = _messages(TEMPLATE), _messages(catalogue_file(language))
    assert known.keys() == wanted.keys(), "run: make messages"
    assert [key for key, message in known.items() if not _is_whole(message) or message.fuzzy] == []


def _is_whole(message) -> bool:
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("count", [0, 1, 2, 5, 21, 1_000_000])
def test_no_count_is_told_in_english(language, count):
    """Spanish has a form of its own for millions, so that the plural of most counts is its third."""
    set_language(language)
    try:
        told = ngettext("{count} file", "{count} files", count)
    finally:
        set_language(DEFAULT_LANGUAGE)
    assert told not in ("{count} file", "{count} files")


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_placeholders_code_and_emphasis(language):
    for key, message in _messages(catalogue_file(language)).items():
        forms = [key] if isinstance(key, str) else list(key)
        words = [message.string] if isinstance(message.string, str) else list(message.string)
        forms += forms[-1:] * (len(words) - len(forms))  # a language may have more forms than English
        assert [_marks(form) for form in forms] == [_marks(form) for form in words], key
        assert [form.count("\n") for form in forms] == [form.count("\n") for form in words], key


def test_words_and_numbers_follow_the_language():
    set_language("de")
    try:
        assert gettext("Melanocytic nevus") == "Melanozytärer Nävus"
        assert ngettext("{count} file", "{count} files", 2) == "{count} Dateien"
        assert format_number(1234.5) == "1.234,50" and format_percent(0.834) == "83\N{NO-BREAK SPACE}%"
    finally:
        set_language("en")
    assert gettext("Melanocytic nevus") == "Melanocytic nevus"
