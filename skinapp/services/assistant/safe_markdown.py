"""Markdown that cannot do harm: no HTML, no pictures, no live links, no directives of the screen.

Bold, italic, lists, headings and tables stay. A link becomes its text with the host beside it, a picture
its description; every other bracket, angle bracket, dollar sign and address is shown as it is.
"""

import re
from urllib.parse import urlsplit

_PICTURE = re.compile(r"!\[([^\]]*)\]\s*(?:\([^)]*\)?|\[[^\]]*\])")
_LINK = re.compile(r"\[([^\]]*)\]\(\s*<?([^)\s>]*)[^)]*\)?")
_ADDRESS = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*://|www\.|mailto:|javascript:|data:)[^\s<>`|]*", re.ASCII)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_CITATION = re.compile(r"\[(K?\d{1,2})\]")
_TAG = re.compile(r"</?[a-zA-Z!][^<>\n]*>")
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,}).*$", re.MULTILINE)
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_INDENT = re.compile(r"^(?: {4,}|\t+)(?=[^\s*+\-\d])", re.MULTILINE)
_UNDERLINE = re.compile(r"^[ \t]*(?:=+|-{2,})[ \t]*$", re.MULTILINE)
_OPEN, _CLOSE = "\ue000", "\ue001"  # stand for the brackets of a citation meanwhile


def safe_markdown(text: str) -> str:
    """``text`` of somebody else, fit for `st.markdown`.

    >>> print(safe_markdown("See [here](https://evil.example/x) <b>now</b>, 2 < 3"))
    See here (`evil.example`) now, 2 \\< 3
    """
    text = text.replace(_OPEN, "").replace(_CLOSE, "")
    text = _FENCE.sub("", text.replace("\r", "")).replace("`", "")
    text = _TAG.sub("", text)
    text = _HEADING.sub(r"**\1**", _UNDERLINE.sub("", _INDENT.sub("", text)))
    text = _LINK.sub(_named_host, _PICTURE.sub(r"\1", text))
    text = _MAIL.sub(_quoted, _ADDRESS.sub(_host_alone, text))
    text = _CITATION.sub(rf"{_OPEN}\1{_CLOSE}", text)
    text = re.sub(r"[\[\]$<]|(?<!^)>|&(?=[#\w])|:(?=[\w+-]+[:\[(])", r"\\\g<0>", text, flags=re.MULTILINE)
    return text.replace(_OPEN, "[").replace(_CLOSE, "]").strip()


def host_of(url: str) -> str:
    """The host of a web address; empty where it is none that a page may link to.

    >>> host_of("https://www.who.int/x"), host_of("javascript:alert(1)")
    ('www.who.int', '')
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host if parts.scheme in ("http", "https") and re.fullmatch(r"[a-z0-9.-]+", host) else ""


def _named_host(match: re.Match[str]) -> str:
    words, host = match.group(1), host_of(match.group(2))
    return f"{words} (`{host}`)" if host else words


def _host_alone(match: re.Match[str]) -> str:
    address = match.group(0)
    host = host_of(f"https://{address}" if address.startswith("www.") else address)
    return f"`{host}`" if host else ""


def _quoted(match: re.Match[str]) -> str:
    return f"`{match.group(0)}`"
