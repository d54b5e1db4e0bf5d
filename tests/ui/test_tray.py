"""The tray and the upload fields that fill it."""

from types import SimpleNamespace

import pytest
import streamlit as st

from skinapp.ui import caching, tray


@pytest.fixture(autouse=True)
def session(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(caching, "forget_photographs", lambda: None)
    return st.session_state


def field_shows(session, key, *names):
    session[key] = [SimpleNamespace(file_id=name, name=name, getvalue=name.encode) for name in names]
    tray.follow_uploads(key)


def on_tray():
    return [item.name for item in tray.items()]


def test_files_come_and_go_with_the_field(session):
    field_shows(session, "field_0", "arm.png", "leg.png")
    assert on_tray() == ["arm.png", "leg.png"] and tray.opened().name == "arm.png"
    field_shows(session, "field_0", "leg.png")
    assert on_tray() == ["leg.png"]


def test_what_was_removed_does_not_come_back_with_a_late_file_of_the_old_field(session):
    field_shows(session, "field_0", "arm.png")
    tray.clear()
    tray.remember_uploads("field_1")  # the page was drawn anew with an empty field
    field_shows(session, "field_0", "arm.png", "leg.png")
    assert on_tray() == ["leg.png"]


def test_what_finds_no_room_is_counted_and_the_rest_stays(session, monkeypatch):
    monkeypatch.setattr(tray, "MOST_FILES", 2)
    field_shows(session, "field_0", "arm.png", "leg.png", "back.png", "foot.png")
    assert on_tray() == ["arm.png", "leg.png"] and tray.left_out() == 2
    field_shows(session, "field_0", "leg.png")
    assert tray.left_out() == 0
    monkeypatch.setattr(tray, "MOST_BYTES", 10)
    assert tray.add("hand.png", b"12345678") is None
    assert on_tray() == ["leg.png"] and tray.left_out() == 1


def test_what_was_made_of_photographs_goes_with_the_last_of_them(session, monkeypatch):
    forgotten = []
    monkeypatch.setattr(caching, "forget_photographs", lambda: forgotten.append(True))
    field_shows(session, "field_0", "arm.png", "leg.png")
    tray.keep("zip", b"results")
    field_shows(session, "field_0", "leg.png")
    assert tray.kept("zip") == b"results" and tray.kept("other") is None and not forgotten
    field_shows(session, "field_0")
    assert tray.kept("zip") is None and forgotten == [True]
    tray.add("arm.png", b"arm")
    tray.keep("zip", b"results")
    tray.clear()
    assert tray.kept("zip") is None and len(forgotten) == 2
