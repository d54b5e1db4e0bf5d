import pytest

from skinapp.services.assistant.answer import NOTICE
from tests.chat_server import ANSWER, KEY
from tests.pages.conftest import pressed


@pytest.fixture
def page(app):
    """The Assistant page."""
    app.switch_page("pages/assistant.py").run()
    assert not app.exception
    return app


@pytest.fixture
def served(environment, chat_server, page):
    """The Assistant page with the local service set up."""
    environment(SKINAPP_ASSISTANT_URL=chat_server.url, SKINAPP_ASSISTANT_MODEL="m", SKINAPP_ASSISTANT_KEY=KEY)
    return page.run()


def said(app):
    return "\n".join(element.value for element in app.markdown)


def small(app):
    return "\n".join(element.value for element in app.caption)


def ask(app, question):
    app.chat_input[0].set_value(question).run()
    assert not app.exception
    return app


def test_it_invites_and_says_where_questions_stay(page):
    assert "Questions stay on this machine" in small(page)
    assert "What is the ABCDE rule?" in [button.label for button in page.button]


def test_it_answers_without_any_key_and_names_its_sources(page):
    ask(page, "What is melanoma?")
    assert "Melanoma is a cancer of the pigment cells" in said(page)
    assert "**Sources**" in small(page)
    assert "NICE" in small(page)
    assert NOTICE in small(page)


def test_a_suggestion_and_then_a_topic_are_answered(page):
    pressed(page, "What is the ABCDE rule?")
    assert "asymmetry" in said(page)
    topic = next(button for button in page.button if button.key and button.key.startswith("assistant_topic_"))
    pressed(page, topic.label)
    assert topic.label in said(page)
    assert len(page.chat_message) == 4


def test_a_red_flag_shows_what_to_do_and_the_numbers_of_the_region(page):
    page.selectbox(key="assistant_region").set_value("at").run()
    ask(page, "I have a rash and trouble breathing")
    assert "Call 144 now" in said(page)
    assert "Austria" in said(page)


def shown_labels(app):
    """Texts and buttons of the last answer in the order in which they are shown."""
    elements = app.chat_message[-1]
    kinds = ("markdown", "caption", "button")
    return [getattr(each, "label", "") or each.value for each in _leaves(elements) if each.type in kinds]


def _leaves(block):
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from _leaves(child)
        else:
            yield child


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who won the football world cup?", "has nothing on that"),
        ("my skin feels purple on tuesdays near radios", "topics are nearest:"),
    ],
)
def test_without_an_answer_topics_stand_under_the_sentence(page, question, sentence):
    ask(page, question)
    labels = shown_labels(page)
    place = next(number for number, label in enumerate(labels) if sentence in label)
    topics = labels[place + 1 : labels.index(NOTICE)]
    assert len(topics) >= 2
    pressed(page, topics[0])
    assert f"**{topics[0]}**" in said(page)


def test_what_a_visitor_writes_is_shown_as_it_is(page):
    ask(page, "<b>mole</b> ![x](https://evil.example/a.png)")
    assert "\\<b\\>mole" in said(page)
    assert "![x]" not in said(page)


def test_clear_and_download(page):
    ask(page, "What is melanoma?")
    assert page.download_button[0].label == "Download the conversation"
    pressed(page, "Clear the conversation")
    assert not page.chat_message


def test_with_a_service_its_answer_and_pages_are_shown(served, chat_server):
    assert "127.0.0.1" in small(served)
    ask(served, "What is a mole?")
    assert ANSWER in said(served)
    assert "[About moles](https://www.example.org/moles) (`www.example.org`)" in small(served)
    assert KEY not in said(served) + small(served)


@pytest.mark.parametrize("fault", ["401", "429", "500", "dropped", "malformed", "empty"])
def test_a_fault_is_said_and_the_question_can_be_asked_again(served, chat_server, fault):
    chat_server.fault = fault
    ask(served, "What is melanoma?")
    assert "The assistant's service" in small(served) or "The connection" in small(served)
    assert "Melanoma is a cancer of the pigment cells" in said(served)
    assert KEY not in said(served) + small(served)
    chat_server.fault = ""
    pressed(served, "Ask again")
    assert len(served.chat_message) == 2
    assert (ANSWER in said(served)) == (fault != "429")  # after a 429 the service rests


def test_a_wrong_setting_is_named_and_the_page_works(environment, page):
    environment(SKINAPP_ASSISTANT_SERVICE="nobody")
    page.run()
    assert "nobody" in page.warning[0].value
    ask(page, "What is melanoma?")
    assert "Melanoma is a cancer" in said(page)


def test_a_stopped_answer_is_kept_and_said(page):
    from skinapp.services.assistant.answer import Answer, Kind, Turn

    page.session_state["chat_coming"] = Turn(
        "What is a mole?", Answer(Kind.SERVICE, "A mole is", finished=False)
    )
    page.run()
    assert "A mole is" in said(page)
    assert "You stopped this answer" in small(page)


@pytest.mark.parametrize(
    ("question", "links"),
    [
        ("My mole has changed and bleeds", 1),
        ("I cannot breathe and my face swells", 0),
        ("What is a mole?", 0),
    ],
)
def test_what_can_wait_for_days_leads_to_the_clinics(page, question, links):
    ask(page, question)
    assert len(page.main.get("page_link")) == links


def test_a_result_goes_along_only_by_consent(environment, chat_server, app, upload, lesion_png):
    environment(SKINAPP_ASSISTANT_URL=chat_server.url, SKINAPP_ASSISTANT_MODEL="m")
    upload(app, ("secret-name.png", lesion_png))
    pressed(app, "Ask about this result")
    assert app.title[0].value == "Assistant"
    assert r"**Your result: secret-name.png**" in said(app)
    ask(app, "What is a mole?")
    app.toggle(key="numbers_sent").set_value(True).run()
    ask(app, "What does my result mean?")
    without, with_numbers = (request["messages"][-1]["content"] for request in chat_server.requests)
    assert "numbers of the analysis" not in without
    assert "malignant or pre-malignant" in with_numbers
    assert "secret-name" not in with_numbers
    assert "sha256" not in with_numbers
    pressed(app, "Remove the result")
    assert "Your result" not in said(app)


def test_a_result_goes_with_the_photographs(app, upload, lesion_png):
    upload(app, ("arm.png", lesion_png))
    pressed(app, "Ask about this result")
    assert "Your result" in said(app)
    app.switch_page("pages/analyze.py").run()
    app.button(key="analyze_clear").click().run()
    app.switch_page("pages/assistant.py").run()
    assert not app.exception and "Your result" not in said(app)
