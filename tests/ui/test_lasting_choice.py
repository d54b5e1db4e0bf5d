"""A choice in a select box that outlasts what happens around it."""

from streamlit.testing.v1 import AppTest

PAGE = """
import streamlit as st
from skinapp.i18n import set_language
from skinapp.ui.lasting_choice import choose, lasting_choice

set_language(st.session_state.get("language", "en"))
names = st.session_state.get("names", {1: "one", 2: "two", 3: "three"})
if st.session_state.pop("elsewhere", False):
    choose(3, "number")
variant = st.session_state.get("variant", "")
st.session_state["got"] = lasting_choice("Number", names, "number", first=1, variant=variant)
st.session_state["open"] = lasting_choice("Or none", names, "perhaps", placeholder="none")
set_language("en")
"""
GERMAN = {1: "eins", 2: "zwei", 3: "drei"}


def shown():
    return AppTest.from_string(PAGE).run()


def in_german(app):
    app.session_state["language"], app.session_state["names"] = "de", GERMAN
    return app.run()


def test_it_begins_with_the_first_and_keeps_what_is_chosen():
    app = shown()
    assert (app.session_state["got"], app.session_state["open"]) == (1, None)
    app.selectbox(key="number").set_value(2).run()
    assert app.run().session_state["got"] == 2


def test_it_is_kept_where_the_words_change_and_on_the_way_back():
    app = shown()
    app.selectbox(key="number").set_value(2).run()
    in_german(app)
    assert app.selectbox(key="number-de").options == list(GERMAN.values())
    assert app.session_state["got"] == 2
    app.selectbox(key="number-de").set_value(3).run()
    del app.session_state["language"], app.session_state["names"]
    assert app.run().session_state["got"] == 3


def test_it_is_kept_where_the_words_change_in_one_language():
    app = shown()
    app.selectbox(key="number").set_value(2).run()
    app.session_state["names"], app.session_state["variant"] = {1: "I", 2: "II"}, "Roman"
    assert app.run().session_state["got"] == 2
    assert app.selectbox(key="number-Roman").options == ["I", "II"]


def test_what_is_taken_back_stays_so():
    app = shown()
    app.selectbox(key="perhaps").set_value(2).run()
    app.selectbox(key="perhaps").set_value(None).run()
    assert app.run().session_state["open"] is None
    assert in_german(app).session_state["open"] is None


def test_what_is_no_longer_offered_gives_way_to_the_first():
    app = shown()
    app.selectbox(key="number").set_value(3).run()
    app.session_state["names"] = {1: "one", 2: "two"}
    assert not app.run().exception
    assert app.session_state["got"] == 1


def test_a_choice_made_elsewhere_is_shown_in_every_language():
    app = shown()
    app.session_state["elsewhere"] = True
    assert app.run().session_state["got"] == 3
    app.selectbox(key="number").set_value(2).run()
    in_german(app)
    app.session_state["elsewhere"] = True
    assert app.run().session_state["got"] == 3
    assert app.run().session_state["got"] == 3
