"""The `openai` client against a local server: answers, sources, and every fault as a plain message."""

import pytest

from skinapp.errors import SkinAppError
from skinapp.services.assistant.presets import PRESETS, service_config
from skinapp.services.assistant.service import OpenAIService, ServiceError
from tests.chat_server import ANSWER, KEY
from tests.services.assistant.conftest import client

MESSAGES = [{"role": "user", "content": "What is a mole?"}]
FAULTS = {
    "401": "does not accept the key",
    "403": "does not accept the key",
    "404": "status 404",
    "429": "too many questions",
    "500": "status 500",
    "503": "status 503",
    "silent": "did not answer within 0.2 s",
    "stalled": "did not answer within 0.2 s|broke off",
    "dropped": "broke off",
    "unfinished": "broke off",
    "malformed": "no answer",
    "other": "no answer",
    "empty": "empty answer",
}


def test_an_answer_comes_in_pieces_with_its_pages(service, chat_server):
    pieces = list(service.stream(MESSAGES))
    assert len(pieces) > 10
    assert "".join(piece.text for piece in pieces) == ANSWER
    assert pieces[-1].sources[0].url == "https://www.example.org/moles"
    sent = chat_server.requests[0]
    assert sent["authorization"] == f"Bearer {KEY}"
    assert sent["model"] == "local-model"
    assert sent["messages"] == MESSAGES


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_plain_message_without_the_key(chat_server, fault):
    chat_server.fault = fault
    patience = {"timeout_s": 0.2} if fault in ("silent", "stalled") else {}
    with pytest.raises(ServiceError, match=FAULTS[fault]) as caught:
        list(client(chat_server.url, **patience).stream(MESSAGES))
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.hint


def test_too_many_questions_come_with_the_wait(service, chat_server):
    chat_server.fault = "429"
    with pytest.raises(ServiceError, match="again in 7 s") as caught:
        list(service.stream(MESSAGES))
    assert caught.value.wait_s == 7


def test_no_server_at_all(chat_server):
    chat_server.close()
    with pytest.raises(ServiceError, match="failed or broke off"):
        list(client(chat_server.url).stream(MESSAGES))


def test_without_a_model_the_first_of_the_server_is_taken(chat_server):
    list(client(chat_server.url, model="").stream(MESSAGES))
    assert chat_server.requests[0]["model"] == "local-model"


def test_a_server_without_any_model_says_so(chat_server):
    chat_server.fault = "no model"
    with pytest.raises(ServiceError, match="offers no model"):
        list(client(chat_server.url, model="").stream(MESSAGES))


@pytest.mark.parametrize(
    "pages", [None, "x", [1, None], [{"title": None, "url": 3}], {"a": 1}, [{"url": "javascript:alert(1)"}]]
)
def test_odd_pages_break_nothing(service, chat_server, pages):
    chat_server.pages = pages
    assert "".join(piece.text for piece in service.stream(MESSAGES)) == ANSWER


def test_presets():
    assert service_config() is None
    assert service_config(preset="openai") is None, "no key, no service"
    assert service_config(key="k").host == "api.perplexity.ai"
    assert service_config(preset="ollama").url == "http://localhost:11434/v1"
    assert service_config(url="http://box:8000/v1/", model="m").title == "box"
    assert set(PRESETS) == {"perplexity", "openai", "ollama", "vllm", "llamacpp"}


@pytest.mark.parametrize("wrong", [{"preset": "nobody"}, {"url": "ftp://x"}, {"url": "no address"}])
def test_a_wrong_setting_is_named_with_what_to_do(wrong):
    with pytest.raises(SkinAppError) as caught:
        service_config(**wrong)
    assert next(iter(wrong.values())) in caught.value.message
    assert caught.value.hint


def test_the_key_is_in_no_repr():
    assert KEY not in repr(service_config(key=KEY))
    assert KEY not in repr(OpenAIService(service_config(key=KEY)))
