"""The tray and the upload fields that fill it."""

from types import SimpleNamespace

import pytest
import streamlit as st

from skinapp.ui import tray


@pytest.fixture(autouse=True)
def session(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})
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
