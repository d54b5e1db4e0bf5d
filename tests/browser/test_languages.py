"""The language of a visitor's browser, and another one."""

from playwright.sync_api import expect

from tests.browser.visits import settle, visit


def choose_language(page, label, language):
    choice = page.get_by_role("combobox", name=label)
    settle(page)
    choice.scroll_into_view_if_needed()
    settle(page)  # a list closes when its page is scrolled
    choice.click()
    page.get_by_role("option", name=language).click()


def test_the_app_speaks_the_browsers_language_until_another_is_chosen(browser, app_url, small_lesion_file):
    with visit(browser, app_url, heading="Ein Foto analysieren", locale="de-AT") as page:
        links = page.get_by_test_id("stSidebarNav").get_by_role("link")
        names = ["Analyse", "Live", "Vergrößern", "Vergleich", "Kennzahlen", "Assistent", "Praxen", "Über"]
        expect(links).to_have_text(names)
        page.locator("input[type=file]").first.set_input_files(small_lesion_file)
        expect(page.get_by_role("heading", name="Alle Klassen")).to_be_visible()
        choose_language(page, "Sprache", "Español")
        expect(page.get_by_role("heading", name="Todas las clases")).to_be_visible()
        expect(links.first).to_have_text("Análisis")
        links.get_by_text("Métricas").click()
        expect(page.get_by_role("heading", name="Métricas")).to_be_visible()
        expect(links.first).to_have_text("Análisis")


def test_streamlits_own_words_and_the_page_itself_are_in_that_language(browser, app_url):
    with visit(browser, app_url, heading="Ein Foto analysieren", locale="de-AT") as page:
        root, field = page.locator("html"), page.get_by_test_id("stFileUploader")
        expect(root).to_have_attribute("lang", "de")
        expect(page.get_by_role("navigation", name="Seiten der App")).to_be_visible()
        expect(field.get_by_role("button", name="Hochladen", exact=True)).to_be_visible()
        expect(field).to_contain_text("20MB je Datei")
        choose_language(page, "Sprache", "Español")
        expect(root).to_have_attribute("lang", "es")
        expect(field.get_by_role("button", name="Subir", exact=True)).to_be_visible()
        page.get_by_role("radio", name="Tomar una foto").click()
        expect(
            page.get_by_test_id("stCameraInput").get_by_role("button", name="Tomar una foto")
        ).to_be_visible()
        choose_language(page, "Idioma", "English")
        expect(root).to_have_attribute("lang", "en")
        expect(page.get_by_test_id("stCameraInput").get_by_role("button", name="Take Photo")).to_be_visible()
        expect(page.get_by_role("navigation", name="App pages")).to_be_visible()


def test_a_language_that_the_app_does_not_speak_is_english(browser, app_url):
    with visit(browser, app_url, locale="fi-FI") as page:
        expect(page.get_by_role("combobox", name="Language")).to_have_value("English")
