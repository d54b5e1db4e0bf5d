"""The Enhance page as a visitor uses it, and the slider on Analyze."""

from contextlib import contextmanager

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.visits import settle, visit, whole_page

HEIGHT, WIDTH = 240, 320


@contextmanager
def enlarged(browser, url, lesion_file, **window):
    """The Enhance page with a photograph of which the whole is enlarged, so that any outline will do."""
    with visit(browser, f"{url}/enhance", heading="Enlarge a lesion", **window) as page:
        page.locator("input[type=file]").set_input_files(str(lesion_file))
        page.get_by_role("radio", name="Whole photograph").click()
        # What stood there before the click stays visible until the new run replaces it: wait for its size.
        expect(page.get_by_text(f"{WIDTH} × {HEIGHT} px, enlarged")).to_be_visible()
        expect(page.get_by_role("button", name="Download the crop (PNG)")).to_be_visible()
        settle(page)
        yield page


def test_the_slider_follows_keys_and_the_mouse(browser, app_url, small_lesion_file):
    with enlarged(browser, app_url, small_lesion_file) as page:
        handle = page.get_by_role("slider", name="Between bicubic and synthetic detail")
        expect(handle).to_have_attribute("aria-valuenow", "50")
        handle.focus()
        page.keyboard.press("ArrowRight")
        expect(handle).to_have_attribute("aria-valuenow", "52")
        page.keyboard.press("Home")
        expect(handle).to_have_attribute("aria-valuenow", "0")
        expect(handle).to_have_attribute("aria-valuetext", "bicubic left of 0 percent")
        box = page.locator(".frame").bounding_box()
        assert box["width"] == pytest.approx(box["height"], abs=2)
        page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.2 * box["height"])
        expect(handle).to_have_attribute("aria-valuenow", "75")


def test_the_slider_follows_a_finger_on_a_dark_phone(browser, app_url, small_lesion_file):
    window = {"width": 390, "height": 844, "scheme": "dark", "has_touch": True}
    with enlarged(browser, app_url, small_lesion_file, **window) as page:
        handle = page.get_by_role("slider", name="Between bicubic and synthetic detail")
        frame = page.locator(".frame")
        frame.scroll_into_view_if_needed()
        box = frame.bounding_box()
        finger = page.context.new_cdp_session(page)

        def touch(kind, *shares):
            y = box["y"] + box["height"] / 2
            points = [{"x": box["x"] + share * box["width"], "y": y} for share in shares]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", 0.5)
        for share in (0.55, 0.65, 0.8):
            touch("touchMove", share)
        touch("touchEnd")
        expect(handle).to_have_attribute("aria-valuenow", "80")


def test_one_zoom_for_all_five_and_the_mark_can_be_switched(browser, app_url, small_lesion_file, screenshots):
    with enlarged(browser, app_url, small_lesion_file) as page:
        layers = page.locator(".row .layer")
        expect(layers).to_have_count(5)
        boxes = [page.locator(".row .window").nth(index).bounding_box() for index in range(5)]
        assert all(box["width"] == pytest.approx(box["height"], abs=2) for box in boxes)
        assert len({round(box["y"]) for box in boxes}) == 1
        expect(page.locator(".row .mark", has_text="synthetic detail")).to_have_count(2)
        whole_page(page, screenshots / "enhance.png")
        row = page.get_by_role("group", name="The same part in every picture")
        row.focus()
        page.keyboard.press("+")
        page.keyboard.press("ArrowRight")
        moved = {layers.nth(index).get_attribute("style") for index in range(5)}
        assert len(moved) == 1 and "scale(1.5)" in moved.pop()
        page.get_by_text("Mark synthetic detail").click()
        expect(page.locator(".row .mark")).to_have_count(0)
        assert "scale(1.5)" in layers.first.get_attribute("style")  # the zoom stays


def test_a_download_is_marked_for_good(browser, app_url, small_lesion_file):
    with enlarged(browser, app_url, small_lesion_file) as page:
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the crop (PNG)").click()
        assert "synthetic-detail" in download.value.suggested_filename
        picture = Image.open(download.value.path())
        assert picture.size == (4 * WIDTH, 4 * HEIGHT)
        assert "no evidence" in picture.text["Synthetic detail"]


def test_dark_theme_and_phone(browser, app_url, small_lesion_file, screenshots):
    with enlarged(browser, app_url, small_lesion_file, width=390, height=844, scheme="dark") as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        first, second = (page.locator(".row .window").nth(index).bounding_box() for index in (0, 1))
        assert 250 < first["width"] < 390
        assert second["x"] < 390, "the edge of the next picture invites to swipe"
        whole_page(page, screenshots / "enhance-phone.png")


def test_analyze_shows_four_squares(browser, app_url, small_lesion_file, screenshots):
    with visit(browser, app_url) as page:
        page.locator("input[type=file]").set_input_files(str(small_lesion_file))
        page.get_by_text("Show the lesion enlarged ×4").click()
        frame = page.locator(".st-key-panels_analysis .frame")
        expect(frame).to_be_visible()
        settle(page)
        pictures = page.locator(".st-key-panels_analysis [data-testid=stImage] img")
        boxes = [frame.bounding_box(), *(pictures.nth(index).bounding_box() for index in range(3))]
        for box in boxes:
            assert box["width"] == pytest.approx(box["height"], abs=2)
            assert box["y"] == pytest.approx(boxes[0]["y"], abs=2)
            assert box["width"] == pytest.approx(boxes[0]["width"], abs=2)
        whole_page(page, screenshots / "analyze-enlarged.png")
