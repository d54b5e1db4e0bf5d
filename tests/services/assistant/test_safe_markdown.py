"""Nothing in somebody else's Markdown becomes HTML, a picture, a live link or a directive of the screen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from skinapp.services.assistant.safe_markdown import host_of, safe_markdown

SHOWN = {
    "**bold** and *italic* [1] [K2]": "**bold** and *italic* [1] [K2]",
    "# Title\n\n- one\n- two": "**Title**\n\n- one\n- two",
    "[a](http://b.example/c)": "a (`b.example`)",
    "![a](http://b.example/c.png)": "a",
    "[a](javascript:alert(1))": "a)",
    "see www.evil.example/x": "see `www.evil.example`",
    "<iframe src=x>hi</iframe>": "hi",
    "a $x$ b": "a \\$x\\$ b",
    ":red[text]": "\\:red\\[text\\]",
    "[x]: http://evil.example": "\\[x\\]: `evil.example`",
    "```html\ntext\n```": "text",
    "mail a@b.example": "mail `a@b.example`",
    "&lt;b&gt; &#60;": "\\&lt;b\\&gt; \\&#60;",
    "2 < 3 > 1": "2 \\< 3 \\> 1",
}


@pytest.mark.parametrize("text", SHOWN)
def test_what_is_shown(text):
    assert safe_markdown(text) == SHOWN[text]


@settings(deadline=None, derandomize=True)
@given(st.text(alphabet="[]()<>!`$:#&\\ahtp/.jv\n *_~", max_size=60))
def test_no_link_picture_or_tag_is_left(text):
    shown = safe_markdown(text)
    tokens = MarkdownIt("commonmark", {"html": True}).parse(shown)
    inner = [child.type for token in tokens for child in token.children or ()]
    kinds = {token.type for token in tokens} | set(inner)
    assert not kinds & {"image", "html_inline", "html_block"}
    assert "link_open" not in kinds


NO_HOST = ["javascript:alert(1)", "data:text/html,x", "//x", "", "http://", "https://a b/", "ftp://a"]


@pytest.mark.parametrize("url", NO_HOST)
def test_only_web_addresses_have_a_host(url):
    assert host_of(url) == ""
