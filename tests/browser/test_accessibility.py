"""What axe-core finds on the pages in both themes: contrast, names, roles, the order of headings."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.visits import settle, visit

PAGES = {
    "Live": "Live camera",
    "Enhance": "Enlarge a lesion",
    "Compare": "Compare models on a photograph",
    "Metrics": "Metrics",
    "Assistant": "Assistant",
    "Clinics": "Clinics",
    "About": "About this demonstration",
}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    "rules": {"heading-order": {"enabled": True}},
}


def faults(page):
    settle(page)
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_shuts_anybody_out(browser, app_url, small_lesion_file, scheme):
    with visit(browser, app_url, scheme=scheme) as page:
        page.locator("input[type=file]").first.set_input_files(small_lesion_file)
        expect(page.get_by_role("heading", name="All classes")).to_be_visible()
        found = {"Analyze": faults(page)}
        for name, heading in PAGES.items():
            page.get_by_role("navigation", name="App pages").get_by_role("link", name=name).click()
            expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
            found[name] = faults(page)
        page.get_by_role("navigation", name="App pages").get_by_role("link", name="Clinics").click()
        page.get_by_role("button", name="Ask for an appointment").first.click()
        expect(page.get_by_role("heading", name="Ask for an appointment")).to_be_visible()
        found["a request"] = faults(page)
        page.get_by_role("link", name="For administrators").click()
        expect(page.get_by_role("heading", name="Appointments and clinics")).to_be_visible()
        found["requests"] = faults(page)
        page.get_by_role("radio", name="Clinics").click()
        expect(page.get_by_role("button", name="Save the table")).to_be_visible()
        found["the listing"] = faults(page)
    assert found == {name: [] for name in found}
