"""What every page shares, in a real browser."""

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import served_app
from tests.browser.visits import settle, visit


def test_a_link_to_a_page_of_a_server_just_started_finds_the_whole_app(browser, weights_dir, tmp_path):
    with (
        served_app(tmp_path, weights_dir) as server,
        visit(browser, f"{server.url}/about", heading="About this demonstration") as page,
    ):
        links = page.get_by_role("navigation", name="App pages").get_by_role("link")
        names = ["Analyze", "Live", "Enhance", "Compare", "Metrics", "Assistant", "Clinics", "About"]
        expect(links).to_have_text(names)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_button_that_cannot_be_pressed_yet_can_be_read(browser, app_url, scheme):
    """axe-core leaves such buttons out: here the words are looked for among the pixels."""
    with visit(browser, f"{app_url}/live", scheme=scheme, heading="Live camera") as page:
        button = page.get_by_role("button", name="Analyze this frame")
        expect(button).to_be_disabled()
        settle(page)
        picture = cv2.imdecode(np.frombuffer(button.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
        inside = picture[6:-6, 6:-6]
        assert np.abs(inside.astype(int) - int(np.median(inside))).max() > 40


def test_the_first_page_is_found_under_its_name_too(browser, weights_dir, tmp_path):
    with (
        served_app(tmp_path, weights_dir) as server,
        visit(browser, f"{server.url}/analyze") as page,
    ):
        expect(page.get_by_role("navigation", name="App pages").get_by_role("link")).to_have_count(8)
        expect(page.get_by_text("Page not found")).to_have_count(0)
