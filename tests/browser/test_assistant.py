"""The Assistant page as a visitor uses it, with a local service behind it."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import served_app
from tests.browser.test_analyze import WAIT_MS, settle, visit, whole_page
from tests.chat_server import ChatServer

ANSWER = """\
A mole is a small growth of pigment cells, and nearly all moles stay harmless for life [K1].
What matters is **change**:

- a mole that grows or changes its shape or colour,
- one that bleeds or itches for weeks,
- one that looks unlike your others [1].

Show such a mole to a doctor within about two weeks, within days if it grows quickly or bleeds.
"""
STOP = ".st-key-assistant_stop button"
PAGES = [{"title": "Moles", "url": "https://www.example.org/moles"}]


@pytest.fixture(scope="module")
def service():
    server = ChatServer()
    server.reply, server.pages = ANSWER, PAGES
    yield server
    server.close()


@pytest.fixture(scope="module")
def assistant_url(browser, weights_dir, tmp_path_factory, service):
    settings = {"SKINAPP_ASSISTANT_URL": service.url, "SKINAPP_ASSISTANT_MODEL": "local-model"}
    with served_app(tmp_path_factory.mktemp("assistant"), weights_dir, **settings) as served:
        yield served.url


@contextmanager
def assistant_page(browser, url, **window):
    """The page, opened after the first one, so that the menu is there."""
    with visit(browser, url, **window) as page:
        page.goto(f"{url}/assistant")
        expect(page.get_by_role("heading", name="Assistant")).to_be_visible(timeout=WAIT_MS)
        yield page


def ask(page, question):
    box = page.get_by_test_id("stChatInput").get_by_role("textbox")
    box.fill(question)
    box.press("Enter")


def in_view(page, *texts):
    """Each text, the last one of its kind, stands whole in the window."""
    for text in texts:
        expect(page.get_by_text(text).last).to_be_in_viewport(ratio=1)


@contextmanager
def held(service):
    """The service stops in the middle of an answer until the block is left."""
    service.gate.clear()
    try:
        yield
    finally:
        service.gate.set()


def test_ask_watch_the_answer_come_and_read_its_sources(browser, assistant_url, service, screenshots):
    outside = []
    with assistant_page(browser, assistant_url) as page:
        page.on("request", lambda request: outside.append(request.url))
        with held(service):
            ask(page, "What should I know about moles?")
            expect(page.get_by_text("A mole is a small growth")).to_be_visible(timeout=WAIT_MS)
            expect(page.locator(STOP)).to_be_visible()
            expect(page.get_by_text("within about two weeks")).not_to_be_visible()
        expect(page.get_by_text("within about two weeks")).to_be_visible(timeout=WAIT_MS)
        expect(page.get_by_role("link", name="Moles")).to_have_attribute("href", PAGES[0]["url"])
        expect(page.get_by_text("not a diagnosis").last).to_be_visible()
        in_view(page, "What should I know about moles?", "A mole is a small growth")

        ask(page, "My mole is bleeding and I also have a fever and a rash")
        expect(page.get_by_text("Fever together with changes of the skin")).to_be_visible(timeout=WAIT_MS)
        expect(page.get_by_text("This can be an emergency. Call 911 now.")).to_be_visible()
        settle(page)
        whole_page(page, screenshots / "assistant.png")
    assert [url for url in outside if not url.startswith((assistant_url, "data:", "blob:"))] == []


def test_a_stop_keeps_what_had_come(browser, assistant_url, service):
    with assistant_page(browser, assistant_url) as page:
        with held(service):
            ask(page, "What is a mole?")
            expect(page.get_by_text("A mole is a small growth")).to_be_visible(timeout=WAIT_MS)
            page.locator(STOP).click()
            expect(page.get_by_text("You stopped this answer.")).to_be_visible(timeout=WAIT_MS)
        expect(page.get_by_role("button", name="Ask again")).to_be_visible()


def test_on_a_phone_nothing_is_cut_off(browser, app_url, screenshots):
    with assistant_page(browser, app_url, width=390, height=844) as page:
        ask(page, "my nail has a dark streak")
        expect(page.get_by_text("A dark streak or patch at a nail")).to_be_visible(timeout=WAIT_MS)
        expect(page.get_by_role("button", name="Clear the conversation")).to_be_visible(timeout=WAIT_MS)
        settle(page)
        in_view(page, "my nail has a dark streak", "A dark streak or patch at a nail")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        whole_page(page, screenshots / "assistant-phone.png")
