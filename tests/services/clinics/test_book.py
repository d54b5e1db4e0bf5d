"""Requests for appointments: one visitor at a time, found by a code, erased in the end."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from skinapp.errors import SkinAppError
from skinapp.services.clinics.appointment import Status, calendar_file, checked_visitor
from skinapp.services.clinics.book import KEPT_FOR, Book
from skinapp.services.clinics.clinic import UTC, clinic_of
from tests.services.clinics.test_clinic import ROW

NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
CLINIC = clinic_of(ROW | {"code": "vienna"})
OTHER = replace(CLINIC, code="graz", town="Graz")
VISITOR = checked_visitor("Ada  Lovelace", "ada@example.org", "a lesion that has changed")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "kept" / "clinics.sqlite"


@pytest.fixture(params=["file", "memory"])
def book(request, file):
    """A book with two clinics, in a file and in memory."""
    book = Book(file if request.param == "file" else None)
    book.list_clinics([CLINIC, OTHER])
    return book


def first_start(book, clinic=CLINIC):
    return book.free_starts(clinic, NOW)[0]


def test_clinics_come_back_by_town(book):
    assert book.clinics() == [OTHER, CLINIC]


def test_a_request_is_found_by_its_code_however_it_is_typed(book):
    start = first_start(book)
    code = book.ask(CLINIC, start, VISITOR, NOW)
    for typed in (code, code.lower(), code.replace("-", " ")):
        found = book.find(typed)
    assert (found.clinic, found.start, found.visitor, found.status) == (CLINIC, start, VISITOR, Status.ASKED)
    assert found.visitor.name == "Ada Lovelace" and str(found.start.tzinfo) == "Europe/Vienna"
    with pytest.raises(SkinAppError, match="no request with this code"):
        book.find("AAAAA-AAAAA")


def test_a_time_is_given_once_and_freed_again(book):
    start = first_start(book)
    code = book.ask(CLINIC, start, VISITOR, NOW)
    assert start not in book.free_starts(CLINIC, NOW) and start in book.free_starts(OTHER, NOW)
    with pytest.raises(SkinAppError, match="no longer free"):
        book.ask(CLINIC, start, VISITOR, NOW)
    book.decide(book.find(code).number, Status.CONFIRMED)
    assert start not in book.free_starts(CLINIC, NOW)
    book.decide(book.find(code).number, Status.CANCELLED)
    assert start in book.free_starts(CLINIC, NOW)
    book.decide(book.find(code).number, Status.CONFIRMED)
    assert book.find(code).status is Status.CANCELLED, "what was given up is not taken back"


def test_a_request_keeps_its_length_when_the_clinic_changes_its_own(book):
    start = first_start(book) + timedelta(minutes=20)
    code = book.ask(CLINIC, start, VISITOR, NOW)
    longer = replace(CLINIC, appointment_min=30)
    book.list_clinics([longer, OTHER])
    assert book.find(code).end == start + timedelta(minutes=20)
    assert book.free_starts(longer, NOW)[0] == start + timedelta(minutes=40)


def test_a_file_whose_requests_had_no_length_goes_on_with_that_of_the_clinic(file):
    book = Book(file)
    book.list_clinics([replace(CLINIC, appointment_min=25)])
    code = book.ask(replace(CLINIC, appointment_min=25), first_start(book), VISITOR, NOW)
    with sqlite3.connect(file) as connection:
        connection.execute("ALTER TABLE appointments DROP COLUMN minutes")
    found = Book(file).find(code)
    assert found.visitor == VISITOR and found.end - found.start == timedelta(minutes=25)


def test_a_time_that_the_clinic_does_not_offer_is_refused(book):
    for start in (NOW, first_start(book) + timedelta(minutes=1), NOW + timedelta(days=90)):
        with pytest.raises(SkinAppError, match="no longer free"):
            book.ask(CLINIC, start, VISITOR, NOW)


def test_of_many_who_ask_at_once_one_gets_the_time(file):
    """Two books on one file are two processes of the app."""
    books = [Book(file), Book(file)]
    books[0].list_clinics([CLINIC])
    start, together = first_start(books[0]), Barrier(8)

    def ask(number: int) -> bool:
        together.wait()
        try:
            books[number % 2].ask(CLINIC, start, VISITOR, NOW)
        except SkinAppError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 1
    assert len(books[1].appointments()) == 1


def test_requests_outlive_the_process_and_the_code_is_not_kept(file):
    book = Book(file)
    book.list_clinics([CLINIC])
    code = book.ask(CLINIC, first_start(book), VISITOR, NOW)
    assert Book(file).find(code).visitor == VISITOR
    letters = code.replace("-", "").encode()
    assert letters not in file.read_bytes() and code.encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0, "others on this machine can read what visitors wrote"


def test_what_visitors_wrote_is_erased_after_the_appointment(file):
    book = Book(file)
    book.list_clinics([CLINIC])
    start = first_start(book)
    code = book.ask(CLINIC, start, VISITOR, NOW)
    assert b"Lovelace" in file.read_bytes()
    book.forget_past(start + KEPT_FOR)
    assert len(book.appointments()) == 1
    book.forget_past(start + KEPT_FOR + timedelta(minutes=1))
    assert book.appointments() == []
    assert b"Lovelace" not in file.read_bytes() and b"ada@example" not in file.read_bytes()
    with pytest.raises(SkinAppError):
        book.find(code)


def test_appointments_come_by_time_and_not_by_request(book):
    starts = book.free_starts(CLINIC, NOW)
    for start in (starts[5], starts[0], starts[2]):
        book.ask(CLINIC, start, VISITOR, NOW)
    assert [one.start for one in book.appointments()] == [starts[0], starts[2], starts[5]]


def test_a_clinic_with_open_requests_stays_on_the_listing(book):
    code = book.ask(CLINIC, first_start(book), VISITOR, NOW)
    with pytest.raises(SkinAppError, match="open at: vienna"):
        book.list_clinics([OTHER])
    assert book.clinics() == [OTHER, CLINIC]
    book.list_clinics([replace(CLINIC, phone="+43 1 999"), OTHER])
    assert book.find(code).clinic.phone == "+43 1 999"
    book.decide(book.find(code).number, Status.DECLINED)
    book.list_clinics([OTHER])
    assert book.appointments() == []


@pytest.mark.parametrize("contact", ["+43 1 234 567", "(01) 234-567", "ada@example.org"])
def test_a_clinic_can_answer(contact):
    assert checked_visitor("Ada", contact, " two \n lines ").note == "two lines"


@pytest.mark.parametrize(
    ("name", "contact", "said"),
    [
        ("", "ada@example.org", "name is missing"),
        ("A", "ada@example.org", "name is missing"),
        ("Ada", "", "neither a telephone"),
        ("Ada", "ada at example.org", "neither a telephone"),
        ("Ada", "1234", "neither a telephone"),
        ("Ada", f"{'a' * 120}@example.org", "neither a telephone"),
    ],
)
def test_a_clinic_could_not_answer(name, contact, said):
    with pytest.raises(SkinAppError, match=said):
        checked_visitor(name, contact, "")


def test_the_calendar_file_holds_the_hour_and_nothing_of_the_visitor(book):
    appointment = book.find(book.ask(CLINIC, first_start(book), VISITOR, NOW))
    lines = calendar_file(appointment, NOW).decode().splitlines()
    assert "DTSTART:20261201T080000Z" in lines and "DTEND:20261201T082000Z" in lines  # 09:00 in Vienna
    assert "STATUS:TENTATIVE" in lines and "SUMMARY:Skin Clinic Vienna" in lines
    text = "\n".join(lines)
    assert "Ada" not in text and "lesion" not in text
    confirmed = calendar_file(replace(appointment, status=Status.CONFIRMED), NOW).decode()
    assert "STATUS:CONFIRMED" in confirmed
