"""A source that keeps silent can be left; what it says and raises comes through."""

from itertools import islice
from threading import Event

import pytest

from skinapp.i18n import current_language, set_language
from skinapp.services.assistant.pulse import with_pulse

PATIENCE_S = 60


def test_items_come_in_order_without_a_pause_between():
    assert list(with_pulse(iter(range(100)), every_s=PATIENCE_S)) == list(range(100))


def test_what_the_source_raises_comes_after_its_items():
    def source():
        yield 1
        raise ValueError("broken")

    items = with_pulse(source(), every_s=PATIENCE_S)
    assert next(items) == 1
    with pytest.raises(ValueError, match="broken"):
        next(items)


def test_a_silent_source_gives_pulses_until_it_speaks():
    speak = Event()

    def source():
        speak.wait(PATIENCE_S)
        yield "word"

    items = with_pulse(source(), every_s=0.001)
    assert list(islice(items, 3)) == [None, None, None]
    speak.set()
    assert [item for item in items if item is not None] == ["word"]


def test_a_source_that_was_left_is_closed_after_its_item():
    speak, closed = Event(), Event()

    def source():
        try:
            yield "first"
            speak.wait(PATIENCE_S)
            yield "second"
            raise AssertionError("read on")
        finally:
            closed.set()

    items = with_pulse(source(), every_s=0.001)
    assert next(items) == "first"
    items.close()
    speak.set()
    assert closed.wait(PATIENCE_S)


def test_the_source_speaks_the_language_of_who_asks(monkeypatch):
    monkeypatch.setattr("skinapp.i18n.LANGUAGES", {"en": "English", "de": "Deutsch"})
    set_language("de")
    try:
        assert list(with_pulse(_languages(), every_s=PATIENCE_S)) == ["de"]
    finally:
        set_language("en")


def _languages():
    yield current_language()
