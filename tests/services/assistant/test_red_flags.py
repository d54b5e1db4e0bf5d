"""Urgent signs are found in every language of the rules, and not where there are none."""

import tomllib
from pathlib import Path

import pytest

from skinapp.services.assistant.emergency import Region, regions
from skinapp.services.assistant.red_flags import PHRASES, Alarm, find_red_flags, first_words
from skinapp.services.assistant.signs import RED_FLAGS, Urgency
from tests.services.assistant.conftest import in_language

FOLDER = Path(__file__).parent
TEXTS = tomllib.loads((FOLDER / "red_flag_texts.toml").read_text("utf-8"))
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "tr", "nl", "pl")
QUIET, NOT_NOW = TEXTS.pop("none"), TEXTS.pop("not_now")
WRITTEN = [(key, text) for key, texts in TEXTS.items() for text in texts]


@pytest.mark.parametrize(("key", "text"), WRITTEN, ids=[text for _key, text in WRITTEN])
def test_a_sign_is_found(key, text):
    assert key in [alarm.flag.key for alarm in find_red_flags(text)]


@pytest.mark.parametrize("text", QUIET)
def test_no_sign_is_found_where_there_is_none(text):
    assert find_red_flags(text) == ()


@pytest.mark.parametrize("text", NOT_NOW)
def test_what_can_wait_is_no_emergency(text):
    assert [alarm.flag.key for alarm in find_red_flags(text) if alarm.flag.urgency <= Urgency.NOW] == []


def test_every_sign_has_rules_in_every_language_and_texts():
    tables = tomllib.loads(PHRASES.read_text("utf-8"))
    for flag in RED_FLAGS:
        assert tuple(tables[flag.key]) == LANGUAGES, flag.key
        assert flag.key in TEXTS
    for urgency in Urgency:
        assert tuple(tables[urgency.name.lower()]) == LANGUAGES


def test_the_most_urgent_sign_comes_first():
    found = find_red_flags("My mole bleeds, it has grown fast, and I have trouble breathing")
    assert [alarm.flag.key for alarm in found][:3] == ["breathing", "bleeding", "fast_growth"]


def test_bleeding_that_does_not_stop_is_not_said_to_have_days():
    (alarm,) = find_red_flags("my mole is bleeding a lot and will not stop")
    assert alarm.flag.key == "severe_bleeding"


def test_what_to_do_is_said_in_the_language_of_the_sign():
    (alarm,) = find_red_flags("Ich bekomme keine Luft")
    assert first_words(alarm, "144") == "Das kann ein Notfall sein. Rufen Sie jetzt 144 an."
    for flag in RED_FLAGS:
        for language in LANGUAGES:
            assert "{" not in first_words(Alarm(flag, language), "112")


def test_ordinary_questions_seldom_raise_an_alarm():
    lines = (FOLDER / "questions.tsv").read_text("utf-8").splitlines()
    found = [alarms[0].flag for line in lines if (alarms := find_red_flags(line.split("\t")[0]))]
    assert len(found) / len(lines) < 0.1
    assert [flag.key for flag in found if flag.urgency <= Urgency.TODAY] == []


def test_tricks_with_letters_hide_nothing():
    assert find_red_flags("my mole is bl\u200beeding")
    assert find_red_flags("ＭＹ ＭＯＬＥ ＩＳ ＢＬＥＥＤＩＮＧ")


def test_numbers_are_known_for_every_region_and_can_be_replaced(tmp_path):
    assert all(region.emergency and region.crisis for region in regions().values())
    path = tmp_path / "numbers.toml"
    path.write_text('[international]\nname = "Here"\nemergency = "1"\nadvice = ""\ncrisis = "2"\n')
    assert regions(path)["international"].emergency == "1"
    plain = path.with_name("plain.toml")
    plain.write_text(path.read_text().replace('"1"', "1").replace('"2"', "2"))
    assert regions(plain) == regions(path), "numbers without quotes"


def test_regions_are_named_in_the_readers_language_unless_the_file_names_them_otherwise():
    with in_language("de"):
        titles = [regions()[code].title for code in ("international", "at", "gb")]
        assert titles == ["Anderes Land", "Österreich", "Vereinigtes Königreich"]
        assert Region("at", "Our clinic", "1", "", "2").title == "Our clinic"


WITHOUT_ELSEWHERE = b'[de]\nname="D"\nemergency="1"\nadvice=""\ncrisis="2"'


@pytest.mark.parametrize(
    "text", [b"not toml =", b"[de]\nname = 'x'", b"de = 1", b"\xff\xfe", WITHOUT_ELSEWHERE]
)
def test_a_wrong_file_of_numbers_is_named(tmp_path, text):
    from skinapp.errors import SkinAppError

    path = tmp_path / "numbers.toml"
    path.write_bytes(text)
    with pytest.raises(SkinAppError, match=r"numbers\.toml"):
        regions(path)
