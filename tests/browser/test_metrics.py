"""The Metrics page as a visitor uses it: sort, click a point, move a slider, hand in predictions."""

import io
import shutil
import zipfile
from contextlib import contextmanager

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from skinapp.data import isic2018
from skinapp.services.scoring.tables import table_path, write_table
from tests.browser.conftest import served_app
from tests.browser.visits import settle
from tests.pages.test_metrics import class_rows, outline_rows

WAIT_MS = 180_000


# How the sentence begins that answers a question.
HEADLINES = {
    "Does attention help?": "Attention changed the IoU of U-Net",
    "Where do they fail?": "On 11 of 40 test photographs both miss the lesion",
    "What threshold?": "Of 1,000 people 20 have melanoma",
}


@pytest.fixture(scope="module")
def metrics_url(chromium, weights_dir, tmp_path_factory):
    """The app with small tables of results."""
    folder = tmp_path_factory.mktemp("metrics")
    weights = folder / "weights"
    shutil.copytree(weights_dir, weights)
    for name, shift in (("unet", 0.0), ("unet-attention", 0.02)):
        write_table(table_path(name, weights), list(outline_rows(shift)))
    write_table(table_path("mobilenetv2-ham7", weights), list(class_rows()))
    with served_app(folder, weights, SKINAPP_DATA=str(_truth(folder / "data"))) as served:
        yield served.url


def _truth(data_dir):
    """Two test rows of Task 1 with empty masks."""
    folder = data_dir / isic2018.FOLDER
    for part in (isic2018.IMAGES, isic2018.MASKS):
        (folder / part).mkdir(parents=True)
    for key in ("P10", "P11"):
        cv2.imwrite(str(folder / isic2018.IMAGES / f"{key}.jpg"), np.full((64, 64, 3), 200, np.uint8))
        cv2.imwrite(str(folder / isic2018.MASKS / f"{key}_segmentation.png"), np.zeros((64, 64), np.uint8))
    (folder / "splits.csv").write_text("image_id,split\nP10,test\nP11,test\n")
    return data_dir


@contextmanager
def visit(browser, url, width=1440, scheme="light"):
    context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{url}/metrics")
    expect(page.locator(".scorecard tbody tr").first).to_be_visible(timeout=WAIT_MS)
    try:
        yield page
    finally:
        context.close()


def first_row(page):
    return page.locator(".scorecard tbody tr").first


def ask(page, question):
    page.get_by_role("radio", name=question).click()
    expect(page.get_by_role("heading", name=HEADLINES[question])).to_be_visible(timeout=WAIT_MS)


def test_the_table_is_sorted_by_any_figure(browser, metrics_url, screenshots):
    with visit(browser, metrics_url) as page:
        expect(first_row(page)).to_contain_text("attention")
        expect(page.locator(".scorecard thead th[aria-sort]")).to_contain_text("IoU")
        page.get_by_role("combobox", name="Sort by").click()
        page.get_by_role("option", name="Dice").click()
        expect(page.locator(".scorecard thead th[aria-sort]")).to_contain_text("Dice", timeout=WAIT_MS)
        page.screenshot(path=str(screenshots / "metrics-small.png"), full_page=True)


def test_a_point_opens_its_photograph(browser, metrics_url):
    with visit(browser, metrics_url) as page:
        ask(page, "Where do they fail?")
        chart = page.locator(".js-plotly-plot").first
        expect(chart).to_be_visible()
        before = page.get_by_role("combobox", name="Photograph, the worst first").input_value()
        settle(page)  # the pictures above it have their height
        point = chart.locator(".points path").last
        point.scroll_into_view_if_needed()
        box = point.bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        opened = page.get_by_role("combobox", name="Photograph, the worst first")
        expect(opened).not_to_have_value(before, timeout=WAIT_MS)


def test_a_slider_moves_the_people(browser, metrics_url):
    with visit(browser, metrics_url) as page:
        ask(page, "What threshold?")
        words = page.get_by_text("Of 1,000 people")
        before = words.first.inner_text()
        handle = page.get_by_role("slider", name="How many of those who come are ill").first
        handle.focus()
        page.keyboard.press("ArrowRight")
        expect(words.first).not_to_have_text(before, timeout=WAIT_MS)
        expect(words.first).to_contain_text("50 have melanoma")


def test_a_zip_of_predictions_becomes_a_row(browser, metrics_url, tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        black = cv2.imencode(".png", np.zeros((64, 64), np.uint8))[1].tobytes()
        archive.writestr("P10_segmentation.png", black)
    (tmp_path / "team.zip").write_bytes(out.getvalue())
    with visit(browser, metrics_url) as page:
        page.get_by_text("Add predictions of your own").click()
        page.locator("input[type=file]").first.set_input_files(str(tmp_path / "team.zip"))
        page.get_by_role("button", name="Score them").click()
        expect(page.locator(".scorecard tbody")).to_contain_text("team (your file", timeout=WAIT_MS)


def test_dark_theme_and_phone(browser, metrics_url):
    with visit(browser, metrics_url, width=390, scheme="dark") as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
