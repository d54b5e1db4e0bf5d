"""The Analyze page as a visitor uses it."""

from contextlib import suppress

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from skinapp.imaging.encoding import encode_png
from skinapp.imaging.synthetic import draw_lesion
from tests.browser.visits import WAIT_MS, settle, visit, whole_page

HEIGHT, WIDTH = 450, 600


def upload(page, *files):
    page.locator("input[type=file]").set_input_files([str(file) for file in files])
    expect(page.get_by_role("heading", name="All classes")).to_be_visible(timeout=WAIT_MS)
    settle(page)


def panels(page):
    return page.locator(".st-key-panels_analysis img:not(.scale img)")


def boxes(page):
    return [panels(page).nth(index).bounding_box() for index in range(panels(page).count())]


def test_upload_look_adjust_and_download(browser, app_url, lesion_file, screenshots):
    with visit(browser, app_url) as page:
        upload(page, lesion_file)
        squares = boxes(page)
        assert len(squares) == 3
        for box in squares:
            assert box["width"] == pytest.approx(box["height"], abs=2)
            assert box["y"] == pytest.approx(squares[0]["y"], abs=2)

        before = panels(page).nth(2).get_attribute("src")
        photograph = panels(page).nth(0).get_attribute("src")
        slider = page.get_by_role("slider", name="Cover of the heat map")
        slider.focus()
        page.keyboard.press("End")
        expect(panels(page).nth(2)).not_to_have_attribute("src", before)
        assert panels(page).nth(0).get_attribute("src") == photograph
        settle(page)

        with page.expect_download() as download:
            page.get_by_role("button", name="Mask").click()
        data = np.frombuffer(open(download.value.path(), "rb").read(), np.uint8)  # noqa: PTH123, SIM115
        mask = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
        assert mask.shape == (HEIGHT, WIDTH)
        assert set(np.unique(mask)) <= {0, 255}
        whole_page(page, screenshots / "analyze.png")


def test_dark_theme(browser, app_url, lesion_file, screenshots):
    with visit(browser, app_url, scheme="dark") as page:
        upload(page, lesion_file)
        background = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
        assert max(int(part) for part in background[4:-1].split(",")) < 60
        whole_page(page, screenshots / "analyze-dark.png")


def test_phone_swipes_through_the_panels(browser, app_url, lesion_file, screenshots):
    with visit(browser, app_url, width=390, height=844) as page:
        upload(page, lesion_file)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        first, second = boxes(page)[:2]
        assert 250 < first["width"] < 390
        assert second["x"] < 390, "the edge of the next picture invites to swipe"
        whole_page(page, screenshots / "analyze-phone.png")


def test_a_batch_with_a_bad_file(browser, app_url, lesion_file, tmp_path, screenshots):
    notes = tmp_path / "notes.png"
    notes.write_text("not an image")
    with visit(browser, app_url) as page:
        upload(page, lesion_file, notes, lesion_file)
        expect(page.get_by_text("This file is not an image.")).to_be_visible()
        expect(page.get_by_test_id("stDataFrame")).to_be_visible()
        whole_page(page, screenshots / "analyze-batch.png")


def test_a_large_photograph_arrives(browser, app_url, tmp_path):
    large = tmp_path / "large.png"
    large.write_bytes(encode_png(draw_lesion(3, 1500, 2000)[0]))
    with visit(browser, app_url) as page:
        upload(page, large)
        expect(page.get_by_text("2000 × 1500 px")).to_be_visible()


def press_until_gone(button, times=5):
    """Press again as a visitor would: Streamlit's camera lets go a press that comes before its stream."""
    for _ in range(times):
        button.click()
        with suppress(AssertionError):
            expect(button).to_be_hidden(timeout=10_000)
            return


def test_a_photo_from_the_camera(browser, app_url):
    with visit(browser, app_url) as page:
        page.get_by_role("radio", name="Take a photo").click()
        expect(page.locator("video")).to_have_js_property("readyState", 4, timeout=WAIT_MS)
        press_until_gone(page.get_by_role("button", name="Take photo"))
        expect(page.get_by_role("heading", name="All classes")).to_be_visible(timeout=WAIT_MS)
        page.get_by_role("button", name="Remove all").click()
        expect(page.get_by_role("button", name="Take photo")).to_be_visible(timeout=WAIT_MS)


def test_nothing_is_asked_of_another_server(browser, app_url, lesion_file):
    outside = []
    with visit(browser, "about:blank", heading=None) as page:
        page.on("request", lambda request: outside.append(request.url))
        page.goto(app_url)
        upload(page, lesion_file)
        page.get_by_role("link", name="About").click()
        expect(page.get_by_text("They run on")).to_be_visible()
    assert [url for url in outside if not url.startswith((app_url, "data:", "blob:"))] == []


def test_about_opens_from_the_sidebar(browser, app_url, screenshots):
    with visit(browser, app_url) as page:
        page.get_by_role("link", name="About").click()
        expect(page.get_by_role("heading", name="Models", exact=True)).to_be_visible(timeout=WAIT_MS)
        expect(page.get_by_text("They run on")).to_be_visible(timeout=WAIT_MS)
        settle(page)
        whole_page(page, screenshots / "about.png")
