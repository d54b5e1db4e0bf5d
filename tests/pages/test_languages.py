"""The app in every language that it speaks."""

import pytest

from skinapp.i18n import DEFAULT_LANGUAGE, LANGUAGES, gettext, set_language
from skinapp.models import registry
from skinapp.ui.frame import LANGUAGE_KEY
from tests.pages.conftest import APP

pytestmark = pytest.mark.usefixtures("without_a_server")

TRANSLATED = [language for language in LANGUAGES if language != DEFAULT_LANGUAGE]
PAGES = sorted(path.stem for path in (APP.parent / "pages").glob("*.py"))


def words_in(language, message):
    set_language(language)
    try:
        return gettext(message)
    finally:
        set_language(DEFAULT_LANGUAGE)


def choose(app, language):
    app.sidebar.selectbox(key=LANGUAGE_KEY).set_value(language).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_page_opens_and_says_its_title_and_the_notice(app, language):
    choose(app, language)
    notice = words_in(
        language,
        "Research demonstration, not a medical device. "
        "Photographs stay in the memory of the computer that runs this app and are kept nowhere.",
    )
    titles = set()
    for page in PAGES:
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception, page
        assert notice in [caption.value for caption in app.caption], page
        titles.add(app.title[0].value)
    assert len(titles) == len(PAGES) and not titles & {"Clinics", "Metrics", "Analyze a photograph"}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ("Alle Klassen", "gutartig", "Messungen")),
        ("es", ("Todas las clases", "benigna", "Mediciones")),
    ],
)
def test_a_result_is_said_in_the_visitors_language(app, upload, lesion_png, language, words):
    choose(app, language)
    upload(app, ("arm.png", lesion_png))
    assert not app.exception
    said = "\n".join(element.value for kind in (app.markdown, app.header, app.subheader) for element in kind)
    assert [word for word in words if word not in said] == []


def test_a_chosen_model_and_what_is_known_of_a_patient_outlast_a_change_of_language(app):
    app.selectbox(key="settings_classifier").set_value("committee-ham7").run()
    app.selectbox(key="settings_sex").set_value("female").run()
    choose(app, "de")
    assert app.selectbox(key="settings_classifier-de").value == "committee-ham7"
    assert app.selectbox(key="settings_sex-de").value == "female"
    app.selectbox(key="settings_sex-de").set_value(None).run()
    app.selectbox(key="settings_segmenter-de").set_value("unet-attention").run()
    choose(app, "en")
    assert app.selectbox(key="settings_classifier").value == "committee-ham7"
    assert app.selectbox(key="settings_segmenter").value == "unet-attention"
    assert app.selectbox(key="settings_sex").value is None


def test_the_class_that_a_heat_map_speaks_for_outlasts_a_change_of_language(app, upload, lesion_png):
    upload(app, ("arm.png", lesion_png))
    box = next(box for box in app.selectbox if box.label == "Show what speaks for")
    wanted = box.value + 1 if box.value == 0 else box.value - 1
    box.set_value(wanted).run()
    choose(app, "de")
    assert app.selectbox(key=f"{box.key}-de").value == wanted


def test_a_measure_outlasts_a_change_of_language(app):
    app.switch_page("pages/metrics.py").run()
    box = next(box for box in app.selectbox if box.key.endswith("_measure"))
    box.set_value("dice").run()
    choose(app, "de")
    assert app.selectbox(key=f"{box.key}-de").value == "dice"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_models_card_is_in_the_visitors_language(app, language):
    choose(app, language)
    app.switch_page("pages/about.py").run()
    card = registry.card("srgan-x4")
    shown = "\n".join(table.value.to_string(max_colwidth=None) for table in app.table)
    for passage in (card.architecture, card.data, card.licence, card.intended_use, *card.limits):
        assert passage not in shown
        assert words_in(language, passage) in shown
    titles = [expander.label for expander in app.expander]
    assert words_in(language, registry.card("committee-ham7").title) in titles


def test_the_choice_stays_from_page_to_page_and_can_be_taken_back(app):
    choose(app, "de")
    app.switch_page("pages/metrics.py").run()
    assert app.title[0].value == "Kennzahlen"
    choose(app, "en")
    assert app.title[0].value == "Metrics"


def test_a_suggested_question_is_asked_and_answered_in_the_readers_language(app):
    choose(app, "de")
    app.switch_page("pages/assistant.py").run()
    next(button for button in app.button if "ABCDE" in button.label).click().run()
    assert not app.exception
    said = [element.value for element in app.markdown]
    assert "Was ist die ABCDE-Regel?" in said
    assert any("A, Asymmetrie" in text for text in said)
