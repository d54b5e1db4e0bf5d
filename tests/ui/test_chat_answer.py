"""Names of sources are text; only web addresses become links, with their host beside them."""

import pytest
from markdown_it import MarkdownIt

from skinapp.services.assistant.answer import Source
from skinapp.ui.chat_answer import _source_words

TITLES = [
    "About moles",
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    "About](https://evil.example) and",
    ":red[x] $y$",
]
URLS = ["https://www.example.org/a", "https://www.example.org/a)(b)[c] d", "javascript:alert(1)"]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("url", URLS)
def test_a_source_links_to_its_own_host_or_nowhere(title, url):
    shown = _source_words(Source("1", title, url))
    tokens = MarkdownIt("commonmark", {"html": True}).parseInline(shown)[0].children
    links = [token.attrs["href"] for token in tokens if token.type == "link_open"]
    assert all(link.startswith("https://www.example.org/") for link in links)
    assert not {token.type for token in tokens} & {"image", "html_inline"}
    assert bool(links) == url.startswith("https")
