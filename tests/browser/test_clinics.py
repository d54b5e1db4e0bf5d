"""The Clinics page as a visitor uses it: where one is, an appointment, and the administrator's answer."""

from contextlib import contextmanager

from playwright.sync_api import expect

from tests.browser.visits import settle, visit, whole_page

VIENNA = {"latitude": 48.2082, "longitude": 16.3738}


@contextmanager
def clinics_page(browser, url, **window):
    with visit(browser, f"{url}/clinics", heading="Clinics", **window) as page:
        settle(page)
        yield page


def first_card(page):
    return page.locator("[class*=st-key-clinic_]").first


def test_the_nearest_clinic_stands_first(browser, app_url):
    with clinics_page(browser, app_url) as page:
        page.context.grant_permissions(["geolocation"])
        page.context.set_geolocation(VIENNA)
        page.get_by_role("button", name="Use where I am").click()
        expect(first_card(page)).to_contain_text("Munich, Germany · 356 km")
        expect(page.get_by_role("combobox", name="Near")).to_have_value("Where I am")


def test_a_browser_that_must_not_tell_where_it_is_says_what_to_do(browser, app_url):
    with clinics_page(browser, app_url) as page:
        page.get_by_role("button", name="Use where I am").click()
        expect(page.get_by_text("not allowed to say where you are. Choose a town")).to_be_visible()
        expect(page.get_by_role("button", name="Use where I am")).to_be_enabled()


def test_an_appointment_is_asked_for_and_confirmed(browser, app_url, screenshots):
    with clinics_page(browser, app_url) as page:
        whole_page(page, screenshots / "clinics.png")
        page.get_by_role("button", name="Ask for an appointment").first.click()
        page.get_by_role("radio").nth(2).click()
        page.get_by_role("textbox", name="Name").fill("Ada Lovelace")
        page.get_by_role("textbox", name="Telephone or e-mail").fill("ada@example.org")
        page.get_by_role("button", name="Send the request").click()
        expect(page.get_by_text("Requested; the clinic has not answered yet")).to_be_visible()
        settle(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="Add to a calendar").click()
        assert b"BEGIN:VEVENT" in download.value.path().read_bytes()
        page.get_by_role("link", name="For administrators").click()
        expect(page.get_by_text("ada@example.org")).to_be_visible()
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_text("Answered: 1")).to_be_visible()
        page.get_by_role("link", name="What visitors see").click()
        expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()


def test_the_keyboard_goes_on_where_the_page_does(browser, app_url):
    with clinics_page(browser, app_url) as page:
        ask = page.get_by_role("button", name="Ask for an appointment")
        ask.nth(1).focus()
        page.keyboard.press("Enter")
        back = page.get_by_role("button", name="Back to the clinics")
        expect(back).to_be_focused()
        expect(back).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(ask.nth(1)).to_be_focused()
        page.keyboard.press("Enter")
        page.get_by_role("textbox", name="Name").fill("Ada Lovelace")
        page.get_by_role("textbox", name="Telephone or e-mail").fill("ada@example.org")
        page.get_by_role("button", name="Send the request").press("Enter")
        expect(page.locator("[class*=st-key-request_]")).to_be_focused()


def test_on_a_phone_the_cards_stand_under_each_other(browser, app_url, screenshots):
    with clinics_page(browser, app_url, width=390, height=844, has_touch=True) as page:
        width, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width <= inner
        cards = page.locator("[class*=st-key-clinic_]")
        boxes = [cards.nth(number).bounding_box() for number in range(3)]
        assert boxes[0]["y"] < boxes[1]["y"] < boxes[2]["y"] and len({box["x"] for box in boxes}) == 1
        page.get_by_role("button", name="Ask for an appointment").first.click()
        expect(page.get_by_role("heading", name="Ask for an appointment")).to_be_visible()
        settle(page)
        page.screenshot(path=str(screenshots / "clinics-phone.png"))
