"""A clinic's row, and the listing as a file."""

import pytest

from skinapp.errors import SkinAppError
from skinapp.services.clinics.clinic import COLUMNS, clinic_of
from skinapp.services.clinics.listing import checked, example_clinics, read_listing, write_listing

ROW = {
    "name": "Skin  Clinic\n Vienna",
    "street": "",
    "town": "Vienna",
    "country": "Austria",
    "latitude": "48.2",
    "longitude": "16.4",
    "phone": "+43 (1) 234-567",
    "website": "",
    "languages": "German, English",
    "offers": "",
    "hours": "Mo-Fr 09:00-12:00; PH off",
    "appointment_min": "",
}


def test_a_row_becomes_a_clinic():
    clinic = clinic_of(ROW)
    assert (clinic.name, clinic.code) == ("Skin Clinic Vienna", "skin-clinic-vienna-vienna")
    assert (clinic.latitude, clinic.longitude, clinic.appointment_min) == (48.2, 16.4, 20)
    assert clinic.address == "Vienna, Austria"


def test_cells_that_a_table_leaves_empty_are_empty_words():
    clinic = clinic_of(ROW | {"street": None, "website": float("nan"), "appointment_min": 15.0})
    assert (clinic.street, clinic.website, clinic.appointment_min) == ("", "", 15)


@pytest.mark.parametrize("changed", [{"hours": ""}, {"appointment_min": "0"}])
def test_a_clinic_without_hours_or_minutes_takes_no_requests(changed):
    assert clinic_of(ROW).takes_requests
    assert not clinic_of(ROW | changed).takes_requests


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("name", "  ", "'name' is empty"),
        ("phone", "", "Neither telephone number nor website"),
        ("name", "=HYPERLINK(A1)", "begins as a formula does"),
        ("latitude", "", "'' is no latitude"),
        ("latitude", "90.1", "'90.1' is no latitude"),
        ("longitude", "48,2", "'48,2' is no latitude or longitude"),
        ("longitude", "nan", "no latitude or longitude"),
        ("phone", "call us", "'call us' is no telephone number"),
        ("website", "javascript:alert(1)", "no address of a website"),
        ("website", "https://a.example/ onclick=", "no address of a website"),
        ("appointment_min", "7.5", "cannot take '7.5' minutes"),
        ("appointment_min", "4", "cannot take '4' minutes"),
        ("appointment_min", "nan", "cannot take 'nan' minutes"),
        ("appointment_min", "-20", "cannot take '-20' minutes"),
        ("appointment_min", "half an hour", "cannot take 'half an hour' minutes"),
        ("hours", "every day", "'every day' cannot be read"),
        ("street", "x" * 201, "'street' holds 201 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_value(column, text, said):
    with pytest.raises(SkinAppError) as failure:
        clinic_of(ROW | {column: text})
    assert said in failure.value.message and failure.value.hint


def test_a_listing_comes_back_as_it_was_written():
    clinics = example_clinics()
    assert read_listing(write_listing(clinics)) == clinics
    assert len({clinic.code for clinic in clinics}) == len(clinics) >= 6


def test_semicolons_and_the_mark_of_a_spreadsheet_are_read():
    first, row = (";".join(cells) for cells in (COLUMNS[1:], [ROW[name] for name in COLUMNS[1:]]))
    row = row.replace("Skin  Clinic\n Vienna", "Haut Wien").replace("PH off", "PH off").replace("; ", ", ")
    (clinic,) = read_listing(f"\ufeff{first}\r\n{row}\r\n".encode())
    assert (clinic.name, clinic.town) == ("Haut Wien", "Vienna")


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_end_as_any_system_ends_them(end):
    assert read_listing(write_listing(example_clinics()).replace(b"\n", end)) == example_clinics()


def test_every_wrong_row_is_told_at_once_by_its_line():
    good = ",".join(COLUMNS) + "\n"
    rows = "".join(f"c{line},Clinic,,Town,,91,0,+1 555 0100,,,,24/7,20\n" for line in range(8))
    with pytest.raises(SkinAppError) as failure:
        read_listing((good + rows).encode())
    assert "Row 2: '91' is no latitude" in failure.value.message
    assert "Row 6:" in failure.value.message and "Row 7:" not in failure.value.message
    assert "And 3 more." in failure.value.message and "Nothing was saved." in failure.value.hint


def test_a_code_stands_once():
    with pytest.raises(SkinAppError, match="'twice' stands in the listing twice"):
        checked([ROW | {"code": "twice"}, ROW | {"code": "twice"}])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\xff", "no text in UTF-8"),
        (b"", "The first line lacks: appointment_min, country"),
        (b"name,town\nA,B\n", "The first line lacks: appointment_min, country, hours"),
        (",".join(COLUMNS).encode() + b"\n" + b"x" * 200_000, "no table that can be read"),
    ],
)
def test_another_file_is_refused_with_what_to_do(data, said):
    with pytest.raises(SkinAppError) as failure:
        read_listing(data)
    assert said in failure.value.message and failure.value.hint
