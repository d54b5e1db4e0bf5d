"""From a question to an answer: order of the sources of truth, limits, fallbacks and remarks."""

from dataclasses import replace
from itertools import pairwise

import pytest

from skinapp.i18n import LANGUAGES, gettext
from skinapp.services.assistant.answer import NOTICE, Answer, Kind, Turn
from skinapp.services.assistant.articles import load_articles
from skinapp.services.assistant.conversation import Assistant, Question
from skinapp.services.assistant.lexicon import article_on_a_result
from skinapp.services.assistant.prompt import LONGEST_HISTORY, messages
from skinapp.services.assistant.transcript import conversation_markdown
from skinapp.services.rate_limit import MINUTE, RateLimit
from skinapp.ui.chat import ABOUT_RESULT, SUGGESTIONS
from tests.chat_server import ANSWER, KEY
from tests.services.assistant.conftest import client, in_language
from tests.services.assistant.test_injection import NUMBERS


def named(answer):
    """The sources of an answer without their years, which may be a word."""
    return [source.words.rpartition(" (")[0] for source in answer.sources]


def last(answers):
    return list(answers)[-1]


def test_without_a_service_an_article_is_quoted_with_its_sources(alone):
    answer = last(alone.answer(Question("What is melanoma?")))
    assert answer.kind is Kind.KNOWLEDGE
    assert answer.text.startswith("**Melanoma**")
    assert "reviewed 2026-11-20" in answer.text
    assert any("NICE" in source.words for source in answer.sources)
    assert answer.topics


def test_without_a_good_hit_it_says_so_and_offers_topics(alone):
    answer = last(alone.answer(Question("my skin feels purple on tuesdays near radios")))
    assert answer.kind is Kind.NEAREST
    assert answer.topics
    assert all(alone.index().titled(topic) for topic in answer.topics)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_topic_is_opened_by_its_title(alone, language):
    with in_language(language):
        for article in load_articles(language):
            assert article.text in last(alone.answer(Question(article.title))).text


def test_a_topic_in_english_is_opened_in_the_readers_language(alone):
    with in_language("de"):
        answer = last(alone.answer(Question("The ABCDE rule")))
    assert "Asymmetrie" in answer.text
    assert "American Academy of Dermatology" in answer.sources[-1].words


@pytest.mark.parametrize("question", [*SUGGESTIONS, ABOUT_RESULT])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_suggested_has_the_same_answer_in_every_language(alone, language, question):
    numbers = NUMBERS if question == ABOUT_RESULT else None
    expected = last(alone.answer(Question(question, numbers=numbers)))
    with in_language(language):
        answer = last(alone.answer(Question(gettext(question), numbers=numbers)))
    assert answer.kind is Kind.KNOWLEDGE
    assert named(answer) == named(expected)
    assert answer.remarks == ()


def test_an_emergency_is_answered_at_once_and_alone(assistant, chat_server):
    (answer,) = assistant.answer(Question("I have a rash and cannot breathe"))
    assert answer.kind is Kind.URGENT
    assert answer.text == ""
    assert chat_server.requests == []


def test_a_sign_that_can_wait_a_day_comes_with_the_article(assistant, chat_server):
    (answer,) = assistant.answer(Question("my mole is bleeding"))
    assert answer.alarms
    assert "A mole that bleeds" in answer.text
    assert chat_server.requests == []


def test_an_answer_of_the_service_grows_and_cites(assistant, chat_server):
    answers = list(assistant.answer(Question("What is a mole?")))
    texts = [answer.text for answer in answers]
    assert len(texts) > 5
    assert all(later.startswith(earlier.rstrip()) for earlier, later in pairwise(texts))
    assert not any(answer.finished for answer in answers[:-1])
    assert texts[-1] == ANSWER
    assert [source.mark for source in answers[-1].sources] == ["1", "K1"]
    sent = chat_server.requests[0]["messages"][-1]["content"]
    assert "[K1] Moles (melanocytic nevi)" in sent


@pytest.mark.parametrize("fault", ["401", "429", "500", "silent", "dropped", "malformed", "empty"])
def test_a_fault_falls_back_to_the_built_in_knowledge(chat_server, fault):
    chat_server.fault = fault
    service = client(chat_server.url, timeout_s=0.2 if fault == "silent" else 60)
    answer = last(Assistant(service).answer(Question("What is melanoma?")))
    assert "Melanoma is a cancer of the pigment cells" in answer.text
    assert "service" in answer.remarks[-1]
    assert answer.can_retry
    assert KEY not in repr(answer)


def test_what_had_come_before_a_break_stays(assistant, chat_server):
    chat_server.fault = "dropped"
    answer = last(assistant.answer(Question("What is melanoma?")))
    assert answer.text.startswith("A mole is a growth")
    assert "ends here" in answer.text


def test_after_too_many_questions_the_service_rests(service, chat_server):
    now = [0.0]
    resting = Assistant(service, RateLimit(((10, MINUTE),), clock=lambda: now[0]))
    chat_server.fault = "429"
    last(resting.answer(Question("What is melanoma?")))
    chat_server.fault = ""
    answer = last(resting.answer(Question("What is melanoma?")))
    assert "asked again in" in answer.remarks[-1]
    assert len(chat_server.requests) == 1
    now[0] = 8.0
    assert last(resting.answer(Question("What is melanoma?"))).kind is Kind.SERVICE


def test_one_visitor_cannot_use_up_the_service(service, chat_server):
    now = [0.0]
    everybody = RateLimit(((5, MINUTE),), clock=lambda: now[0])
    shared = Assistant(service, everybody)
    greedy, other = (RateLimit(((2, MINUTE),), clock=lambda: now[0]) for _visitor in range(2))
    kinds = [last(shared.answer(Question("What is melanoma?"), greedy)).kind for _time in range(4)]
    assert kinds == [Kind.SERVICE, Kind.SERVICE, Kind.KNOWLEDGE, Kind.KNOWLEDGE]
    assert last(shared.answer(Question("What is melanoma?"), other)).kind is Kind.SERVICE
    now[0] = 61.0
    assert last(shared.answer(Question("What is melanoma?"), greedy)).kind is Kind.SERVICE


def test_limits_count_all_visitors_together():
    limit = RateLimit(((1, 10), (2, 100)), clock=iter([0.0, 1.0, 11.0, 22.0]).__next__)
    assert [limit.take() for _time in range(4)] == [0.0, 9.0, 0.0, 78.0]


def test_older_turns_are_dropped_and_that_is_said(assistant, chat_server):
    long = Answer(Kind.SERVICE, "Moles are of the skin. " * 150)
    turns = tuple(Turn(f"question {number}", long) for number in range(4))
    answer = last(assistant.answer(Question("What is a mole?", turns)))
    assert "3 older questions" in answer.remarks[0]
    said, dropped = messages("q", turns)
    assert dropped == 3
    assert sum(len(message["content"]) for message in said[1:-1]) <= LONGEST_HISTORY


def test_unsafe_sentences_are_taken_out_and_that_is_said(assistant, chat_server):
    chat_server.reply = "Moles are growths of the skin. You have melanoma. Show it to a doctor soon, please."
    answers = list(assistant.answer(Question("What is a mole?")))
    assert all("melanoma" not in answer.text for answer in answers)
    assert answers[-1].text == "Moles are growths of the skin. Show it to a doctor soon, please."
    assert "diagnosis" in answers[-1].remarks[-1]


def test_a_thoroughly_unsafe_answer_is_withheld(assistant, chat_server):
    chat_server.reply = "You have melanoma. " * 5
    answer = last(assistant.answer(Question("What is melanoma?")))
    assert answer.kind is Kind.KNOWLEDGE
    assert "withheld" in answer.remarks[-1]


def test_numbers_go_along_only_when_given_and_the_answer_keeps_to_them(assistant, chat_server):
    chat_server.reply = "The program gives nevus 83 %. Melanoma of the skin has 40 %. See a doctor."
    answer = last(assistant.answer(Question("What does my result mean?", numbers=NUMBERS)))
    assert "83 %" in answer.text
    assert "40 %" not in answer.text
    assert "not in the analysis" in " ".join(answer.remarks)
    assert "Melanocytic nevus" in chat_server.requests[-1]["messages"][-1]["content"]
    last(assistant.answer(Question("What is a mole?")))
    assert "numbers of the analysis" not in chat_server.requests[-1]["messages"][-1]["content"]


@pytest.mark.parametrize(("percent", "title"), [(11, "something benign"), (45, "something malignant")])
def test_without_a_service_the_result_is_put_into_words(alone, percent, title):
    numbers = NUMBERS | {"classes": NUMBERS["classes"] | {"malignant or pre-malignant, percent": percent}}
    answer = last(alone.answer(Question("what does this mean?", numbers=numbers)))
    assert "**Melanocytic nevus** first with 83%" in answer.text
    assert title in answer.text


@pytest.mark.parametrize(
    ("question", "without", "code"),
    [
        ("Is it cancer?", "Can this app diagnose", "malignant"),
        ("is this cancer", "Can this app diagnose", "malignant"),
        ("Ist das Krebs?", "Can this app diagnose", "malignant"),
        ("is 71 % melanoma bad?", "names something malignant", "malignant"),
        ("should I worry about 55% melanoma", "names something malignant", "malignant"),
        ("it says melanoma, what now?", "names something malignant", "malignant"),
        ("it says 80 percent mole, am I safe?", "names something benign", "malignant"),
    ],
)
def test_a_question_on_what_the_app_said_leads_to_the_article_on_results(alone, question, without, code):
    assert without in last(alone.answer(Question(question))).text.splitlines()[0]
    suspicious = NUMBERS | {"classes": NUMBERS["classes"] | {"malignant or pre-malignant, percent": 45}}
    answer = last(alone.answer(Question(question, numbers=suspicious)))
    assert answer.text.startswith("The classifier puts")
    assert f"**When the app names something {code}**" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        *("my biopsy result says melanoma, what now?", "The doctor said it is melanoma", "What is melanoma?"),
        *("I have melanoma on my back, how is it treated?", "Is it true that a melanoma can be pink?"),
        "are 90 % of melanomas cured",
    ],
)
def test_what_a_doctor_found_is_no_question_on_the_app(question):
    assert article_on_a_result(question) == ""


@pytest.mark.parametrize("question", ["What is IoU?", "how much sunscreen do I need", "What is melanoma?"])
def test_a_question_on_something_else_comes_without_the_numbers(alone, question):
    answer = last(alone.answer(Question(question, numbers=NUMBERS)))
    assert answer == last(alone.answer(Question(question)))


@pytest.mark.parametrize(
    "question",
    ["what does this mean?", "should I worry?", "why so low?", "Was bedeutet das?", "is it deadly"],
)
def test_a_question_that_may_be_on_the_result_comes_with_the_numbers(alone, question):
    assert "**Melanocytic nevus** first" in last(alone.answer(Question(question, numbers=NUMBERS))).text


LANGUAGE_REMARK = "The built-in articles are in English, Deutsch, Español: choose yours in the sidebar."


@pytest.mark.parametrize(
    "question",
    [
        *("Was ist ein Melanom?", "Hautkrebs", "¿Qué es el melanoma?", "crema solar", "Melanom nedir?"),
        *(
            "güneş kremi",
            "krem z filtrem",
            "Co to jest czerniak?",
            "mein Muttermal blutet",
            "mi lunar sangra",
        ),
    ],
)
def test_a_question_in_another_language_is_told_where_the_languages_are(alone, question):
    answer = last(alone.answer(Question(question)))
    assert answer.kind is Kind.KNOWLEDGE
    assert answer.remarks == (LANGUAGE_REMARK,)


@pytest.mark.parametrize(
    "question", ["sunscreen?", "mole bleeding", "melanoma", "What is a café au lait spot?", "kind of mole"]
)
def test_an_english_question_is_not(alone, question):
    assert last(alone.answer(Question(question))).remarks == ()


def test_the_language_is_said_too_where_the_service_fails(assistant, chat_server):
    chat_server.fault = "500"
    assert last(assistant.answer(Question("Was ist ein Melanom?"))).remarks[-1] == LANGUAGE_REMARK


def test_a_conversation_becomes_a_file():
    answer = Answer(Kind.SERVICE, "Moles.", remarks=("You stopped this answer.",))
    text = conversation_markdown([Turn("What is <b>this</b>?", replace(answer))])
    assert "> What is this?" in text
    assert NOTICE in text
    assert "You stopped" in text


def test_the_nearest_topics_are_in_the_file():
    answer = Answer(Kind.NEAREST, "These topics are nearest:", topics=("Melanoma", "Warts"))
    assert "nearest:\n\n- Melanoma\n- Warts\n" in conversation_markdown([Turn("What?", answer)])


def test_while_a_service_keeps_silent_the_answer_so_far_comes_again(assistant, chat_server):
    chat_server.gate.clear()
    answers = assistant.answer(Question("What is a mole?"))
    again = next(after for before, after in pairwise(answers) if before == after and after.text)
    assert not again.finished
    chat_server.gate.set()
    assert list(answers)[-1].finished
