"""The language of a visitor's browser, and another one."""

from playwright.sync_api import expect

from tests.browser.visits import settle, visit


def test_the_app_speaks_the_browsers_language_until_another_is_chosen(browser, app_url, small_lesion_file):
    with visit(browser, app_url, heading="Ein Foto analysieren", locale="de-AT") as page:
        links = page.get_by_role("navigation", name="App pages").get_by_role("link")
        names = ["Analyse", "Live", "Vergrößern", "Vergleich", "Kennzahlen", "Assistent", "Praxen", "Über"]
        expect(links).to_have_text(names)
        page.locator("input[type=file]").first.set_input_files(small_lesion_file)
        expect(page.get_by_role("heading", name="Alle Klassen")).to_be_visible()
        settle(page)
        choice = page.get_by_role("combobox", name="Sprache")
        choice.scroll_into_view_if_needed()
        settle(page)  # a list closes when its page is scrolled
        choice.click()
        page.get_by_role("option", name="Español").click()
        expect(page.get_by_role("heading", name="Todas las clases")).to_be_visible()
        expect(links.first).to_have_text("Análisis")
        links.get_by_text("Métricas").click()
        expect(page.get_by_role("heading", name="Métricas")).to_be_visible()
        expect(links.first).to_have_text("Análisis")


def test_a_language_that_the_app_does_not_speak_is_english(browser, app_url):
    with visit(browser, app_url, locale="fi-FI") as page:
        expect(page.get_by_role("combobox", name="Language")).to_have_value("English")
