"""The Compare page as a visitor uses it."""

from contextlib import contextmanager

import pytest
from PIL import Image
from playwright.sync_api import expect

from skinapp.imaging.encoding import encode_png
from skinapp.imaging.synthetic import GALLERY, draw_lesion
from skinapp.services.gallery import DRAWN_PX

WAIT_MS = 120_000
NUMBER = 2  # of the drawn lesion that is chosen


@pytest.fixture(scope="module")
def truth_file(tmp_path_factory):
    """The mask of the chosen lesion, as its drawing knows it."""
    path = tmp_path_factory.mktemp("truth") / "mask.png"
    path.write_bytes(encode_png(draw_lesion(GALLERY[NUMBER - 1][0], *DRAWN_PX)[1]))
    return path


@contextmanager
def visit(browser, url, width=1440, height=1000, scheme="light"):
    """The Compare page with a lesion of the gallery."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{url}/compare")
    page.get_by_role("button", name=f"Try {NUMBER}").click()
    expect(windows(page).first).to_be_visible(timeout=WAIT_MS)
    settle(page)
    try:
        yield page
    finally:
        context.close()


def windows(page):
    return page.locator(".row .window")


def boxes(page):
    return [windows(page).nth(index).bounding_box() for index in range(windows(page).count())]


def settle(page):
    """Wait until the script has run and every picture has arrived."""
    page.wait_for_function(
        "!document.querySelector('[data-testid=stStatusWidget], [data-testid=stSkeleton]')"
    )
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


def whole_page(page, path):
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height + 40})
    settle(page)
    page.screenshot(path=str(path))


def test_pairs_stand_side_by_side_and_zoom_together(browser, app_url, screenshots):
    with visit(browser, app_url) as page:
        expect(windows(page)).to_have_count(10)  # six outlines, two differences, consensus, disagreement
        tiles = boxes(page)
        for tile in tiles:
            assert tile["width"] == pytest.approx(tiles[0]["width"], abs=2)
            assert tile["height"] == pytest.approx(tiles[0]["height"], abs=2)
        baseline, attention, difference = tiles[:3]
        assert attention["y"] == pytest.approx(baseline["y"], abs=2) and attention["x"] > baseline["x"]
        assert difference["x"] == pytest.approx(baseline["x"], abs=2) and difference["y"] > baseline["y"]
        whole_page(page, screenshots / "compare.png")
        page.get_by_role("group", name="The same part in every picture").focus()
        page.keyboard.press("+")
        page.keyboard.press("ArrowRight")
        layers = page.locator(".row .layer")
        moved = {layers.nth(index).get_attribute("style") for index in range(10)}
        assert len(moved) == 1 and "scale(1.5)" in moved.pop()


def test_layers_truth_table_and_files(browser, app_url, truth_file, screenshots):
    with visit(browser, app_url) as page:
        before = page.locator(".row img").first.get_attribute("src")
        page.get_by_role("radio", name="Probability").click()
        expect(page.locator(".row img").first).not_to_have_attribute("src", before, timeout=WAIT_MS)
        page.get_by_role("radio", name="Attention gates").click()
        expect(windows(page)).to_have_count(12, timeout=WAIT_MS)  # ten of U-Net, two of DeepLabV3
        page.get_by_role("button", name="True outline").click()
        page.locator("input[type=file]").last.set_input_files(str(truth_file))
        expect(page.get_by_role("heading", name="Against the true outline")).to_be_visible(timeout=WAIT_MS)
        page.keyboard.press("Escape")
        expect(page.locator("[data-testid=stTable] tbody tr")).to_have_count(7)
        page.get_by_role("radio", name="Against the truth").click()
        expect(page.get_by_text("missed: in the truth alone")).to_be_visible(timeout=WAIT_MS)
        settle(page)
        whole_page(page, screenshots / "compare-truth.png")
        with page.expect_download() as download:
            page.get_by_role("button", name="Pictures (PNG)").click()
        picture = Image.open(download.value.path())
        assert picture.width > 3 * DRAWN_PX[1] and "not a medical device" in picture.text["Comment"]


def test_dark_theme_and_phone(browser, app_url, screenshots):
    with visit(browser, app_url, width=390, height=844, scheme="dark") as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        baseline, attention, difference = boxes(page)[:3]
        assert attention["y"] == pytest.approx(baseline["y"], abs=2) and attention["x"] > baseline["x"]
        assert 120 < baseline["width"] < 195 and difference["y"] > baseline["y"]
        whole_page(page, screenshots / "compare-phone.png")
