"""The assistant with the local service behind it."""

import pytest

from skinapp.services.assistant.conversation import Assistant
from skinapp.services.assistant.presets import ServiceConfig
from skinapp.services.assistant.search import index
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
    return Assistant(index(), service)


@pytest.fixture
def alone():
    """The assistant without a service."""
    return Assistant(index())
