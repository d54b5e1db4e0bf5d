"""Clinics and Appointments: both sides of a request, as a trial and kept in a file."""

import json
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from skinapp.services.clinics.appointment import Visitor
from skinapp.services.clinics.book import Book
from skinapp.services.clinics.clinic import clinic_of
from skinapp.services.clinics.listing import write_listing
from skinapp.services.clinics.openings import now_utc
from tests.pages.conftest import APP, pressed
from tests.services.clinics.test_clinic import ROW
from tests.services.clinics.test_openstreetmap import element
from tests.web_server import web_server

PASSWORD = "a password of the test"


def opened(app, page):
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def said(app):
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.info) for element in kind)


def written(app, label, text):
    next(field for field in app.text_input if field.label == label).set_value(text)
    return app


def asked(app, name="Ada Lovelace", contact="ada@example.org"):
    """Ask for the first time at the first clinic."""
    pressed(app, "Ask for an appointment")
    written(written(app, "Name", name), "Telephone or e-mail", contact)
    return pressed(app, "Send the request")


def code_of(app):
    (caption,) = [one.value for one in app.caption if "Your code" in one.value]
    return caption.rpartition(" ")[2]


@pytest.fixture
def kept(environment, tmp_path):
    """A file with one clinic and a password; returns its path."""
    file = tmp_path / "clinics.sqlite"
    Book(file).list_clinics([clinic_of(ROW)])
    environment(SKINAPP_CLINICS=str(file), SKINAPP_CLINICS_PASSWORD=PASSWORD)
    return file


def test_a_trial_says_so_and_shows_examples(app):
    page = opened(app, "clinics")
    assert "these clinics are made up" in said(page)
    assert "Hautpraxis Beispiel" in said(page)


def test_a_result_leads_to_the_clinics(app, upload, lesion_png):
    upload(app, ("arm.png", lesion_png))
    pressed(app, "Find a clinic")
    assert app.title[0].value == "Clinics" and "Hautpraxis Beispiel" in said(app)


def test_words_and_towns_leave_the_clinics_that_fit_the_nearest_first(app):
    page = opened(app, "clinics")
    written(page, "Town, language or service", "German mole MAPPING").run()
    assert "Hautpraxis Beispiel" in said(page) and "Dermatologie am" not in said(page)
    written(page, "Town, language or service", "nothing like it").run()
    assert "No clinic of the listing fits" in said(page)
    written(page, "Town, language or service", "").run()
    page.selectbox[0].select("Munich, Germany").run()
    assert said(page).index("Dermatologie am") < said(page).index("Hautpraxis") < said(page).index("Cabinet")
    assert "Germany · 504 km" in said(page)  # Berlin to Munich


@pytest.mark.parametrize(
    ("language", "wanted", "shown"),
    [
        (
            "de",
            "Kartierung",
            "Berlin, Deutschland|Deutsch, Englisch, Türkisch|Dermatoskopie, Muttermal-Kartierung",
        ),
        ("de", "Frankreich", "Paris, Frankreich|Französisch, Englisch|Dermatoskopie, Kinder"),
        ("de", "French", "Paris, Frankreich|Französisch, Englisch|Dermatoskopie, Kinder"),
        ("es", "turco", "Berlin, Alemania|alemán, inglés, turco|pequeñas intervenciones"),
    ],
)
def test_clinics_are_shown_and_found_in_the_visitors_words_too(app, language, wanted, shown):
    page = opened(app, "clinics")
    page.selectbox(key="frame_language").set_value(language).run()
    next(field for field in page.text_input if field.key == "clinics_words").set_value(wanted).run()
    assert not page.exception
    assert [words for words in shown.split("|") if words not in said(page)] == []
    assert [button for button in page.button if (button.key or "").startswith("ask_")]


def test_all_clinics_can_be_shown(app):
    page = opened(app, "clinics")
    assert "Example Harbour" not in said(page)
    pressed(page, "Show all 10")
    assert "Example Harbour" in said(page)


def test_a_visitor_asks_and_cancels_and_the_administrator_of_the_trial_sees_both(app):
    page = asked(opened(app, "clinics"))
    assert "Requested; the clinic has not answered yet" in said(page) and len(code_of(page)) == 11
    assert "Ada Lovelace" in said(opened(app, "appointments"))
    pressed(app, "Confirm")
    assert "Confirmed" in said(opened(app, "clinics"))
    pressed(app, "Cancel it")
    assert "Cancelled" in said(app)
    assert "Cancelled by the visitor" in said(opened(app, "appointments"))


def test_what_cannot_be_answered_is_said_and_nothing_is_lost(app):
    page = asked(opened(app, "clinics"), contact="by pigeon")
    (warning,) = page.warning
    assert "'by pigeon' is neither" in warning.value and "needs one of them" in warning.value
    assert [field.value for field in page.text_input][:2] == ["Ada Lovelace", "by pigeon"]


def test_one_visitor_cannot_take_all_times(app):
    page = opened(app, "clinics")
    for _request in range(3):
        asked(page)
    asked(page)
    assert "asked for 3 appointments within an hour" in page.warning[0].value


def test_a_time_that_somebody_else_took_meanwhile_is_not_changed_for_another(kept, app):
    page = pressed(opened(app, "clinics"), "Ask for an appointment")
    written(written(page, "Name", "Ada Lovelace"), "Telephone or e-mail", "ada@example.org")
    book, clinic = Book(kept), clinic_of(ROW)
    start = book.free_starts(clinic, now_utc())[0]
    book.ask(clinic, start, Visitor("Grace Hopper", "grace@example.org"), now_utc())
    pressed(page, "Send the request")
    assert "This time is no longer free." in page.warning[0].value
    assert [one.visitor.name for one in book.appointments()] == ["Grace Hopper"]
    pressed(page, "Send the request")
    (_hers, own) = book.appointments()
    assert own.start == book.find(code_of(page)).start > start


def test_requests_reach_the_administrator_of_a_kept_listing_and_nobody_else(kept, app):
    code = code_of(asked(opened(app, "clinics")))
    assert "made up" not in said(app)
    other = AppTest.from_file(str(APP), default_timeout=600).run()
    assert "Ada" not in said(opened(other, "clinics")) and "Your code" not in said(other)
    assert "Requested" in said(written(other, "Code", code.lower()).run())
    assert "Ada" not in said(opened(other, "appointments")) and not other.dataframe
    written(other, "Password of the administrator", PASSWORD)
    assert "ada@example.org" in said(pressed(other, "Open"))
    pressed(other, "Decline")
    assert "Declined; choose another time" in said(opened(app, "clinics"))
    assert "Ada" not in said(pressed(opened(other, "appointments"), "Leave"))


def test_the_code_of_a_request_that_stands_above_shows_it_once(app):
    page = asked(opened(app, "clinics"))
    written(page, "Code", code_of(page).lower()).run()
    assert not page.exception and "stands at the top" in said(page)
    assert said(page).count("Requested; the clinic") == 1


def test_what_is_past_is_erased_by_the_next_visit(kept, app):
    book, clinic = Book(kept), clinic_of(ROW)
    start = book.free_starts(clinic, now_utc() - timedelta(days=9))[0]
    book.ask(clinic, start, Visitor("Ada Lovelace", "ada@example.org"), now_utc() - timedelta(days=9))
    assert b"Lovelace" in kept.read_bytes()
    opened(app, "clinics")
    assert b"Lovelace" not in kept.read_bytes()


def test_a_code_that_nobody_has_is_said_and_trying_many_is_stopped(kept, app):
    page = opened(app, "clinics")
    for number in range(10):
        written(page, "Code", f"AAAAA-{number:05}").run()
        assert "no request with this code" in page.warning[0].value
    written(page, "Code", "AAAAA-99999").run()
    assert "Too many codes were tried" in page.warning[0].value


def test_a_wrong_password_opens_nothing_and_the_sixth_is_not_even_read(kept, app):
    page = opened(app, "appointments")
    for _try in range(5):
        pressed(written(page, "Password of the administrator", "wrong"), "Open")
        assert "not the password" in page.warning[0].value
    pressed(written(page, "Password of the administrator", PASSWORD), "Open")
    assert "Too many passwords" in page.warning[0].value and "To answer" not in said(page)


@pytest.mark.parametrize("setting", ["SKINAPP_CLINICS", "SKINAPP_CLINICS_PASSWORD"])
def test_without_a_file_or_a_password_nothing_is_kept(kept, environment, app, setting):
    environment(**{setting: ""})
    before = kept.read_bytes()
    assert "made up" in said(asked(opened(app, "clinics")))
    assert kept.read_bytes() == before


def test_the_listing_is_replaced_by_a_file(app):
    page = opened(app, "appointments")
    page.segmented_control[0].set_value("Clinics").run()
    page.file_uploader[0].set_value([("one.csv", write_listing([clinic_of(ROW)]), "text/csv")]).run()
    pressed(page, "Replace the listing")
    assert "Skin Clinic Vienna" in said(opened(app, "clinics")) and "Hautpraxis" not in said(app)


def test_clinics_of_the_map_are_added_named_and_not_yet_asked(kept, environment, app):
    answer = {"elements": [element(), element(2, name=None)]}
    with web_server(lambda _path, _own: json.dumps(answer).encode()) as address:
        environment(SKINAPP_OVERPASS=address)
        page = opened(app, "appointments")
        pressed(written(page, "Password of the administrator", PASSWORD), "Open")
        page.segmented_control[0].set_value("Clinics").run()
        for _time in range(2):
            pressed(page, "Look up")
            assert (
                "Clinics found: 1. Left out, without a name, a town or a number: 1." in page.toast[-1].value
            )
    assert [clinic.code for clinic in Book(kept).clinics()] == ["skin-clinic-vienna-vienna", "osm-node-1"]
    page = opened(app, "clinics")
    assert "© OpenStreetMap contributors" in said(page) and "Call or write" in said(page)
    assert [button.label for button in page.button].count("Ask for an appointment") == 1


def test_a_trial_asks_no_other_server(app):
    page = opened(app, "appointments")
    page.segmented_control[0].set_value("Clinics").run()
    assert "Look up" not in [button.label for button in page.button]


def test_a_table_that_is_saved_as_it_is_changes_nothing(app):
    page = opened(app, "appointments")
    page.segmented_control[0].set_value("Clinics").run()
    before = page.session_state["clinics_trial"].clinics()
    pressed(page, "Save the table")
    assert not page.warning and len(page.toast) == 1 and "listing: 10." in page.toast[0].value
    assert page.session_state["clinics_trial"].clinics() == before and len(before) == 10
    assert "Show all 10" in [button.label for button in opened(app, "clinics").button]


def test_a_file_that_is_no_listing_is_said_and_changes_nothing(app):
    page = opened(app, "appointments")
    page.segmented_control[0].set_value("Clinics").run()
    page.file_uploader[0].set_value([("notes.csv", b"a,b\n1,2\n", "text/csv")]).run()
    pressed(page, "Replace the listing")
    assert "notes.csv" in page.warning[0].value and "lacks" in page.warning[0].value
    assert "Hautpraxis Beispiel" in said(opened(app, "clinics"))
