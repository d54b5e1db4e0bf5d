"""The assistant with the local service behind it."""

from contextlib import contextmanager

import pytest

from skinapp.i18n import DEFAULT_LANGUAGE, set_language
from skinapp.services.assistant.conversation import Assistant
from skinapp.services.assistant.presets import ServiceConfig
from skinapp.services.assistant.service import OpenAIService
from tests.chat_server import KEY


@pytest.fixture
def service(chat_server):
    """The client of the local service."""
    return client(chat_server.url)


def client(url: str, model: str = "local-model", timeout_s: float = 60) -> OpenAIService:
    """A client with the key of the local service; patient, so that a busy machine fails no test."""
    return OpenAIService(ServiceConfig("Local", url, model, KEY, timeout_s=timeout_s))


@pytest.fixture
def assistant(service):
    return Assistant(service)


@pytest.fixture
def alone():
    """The assistant without a service."""
    return Assistant()


@contextmanager
def in_language(language):
    """Everything inside is said to a reader of this language."""
    set_language(language)
    try:
        yield
    finally:
        set_language(DEFAULT_LANGUAGE)
