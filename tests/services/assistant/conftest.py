"""The assistant with the local service behind it."""

import pytest

from skinapp.services.assistant.conversation import Assistant
from skinapp.services.assistant.presets import ServiceConfig
from skinapp.services.assistant.search import index
from skinapp.services.assistant.service import OpenAIService
from tests.chat_server import KEY


@pytest.fixture
def service(chat_server):
    """The client of the local service; silence of a fifth of a second is a time-out."""
    return OpenAIService(ServiceConfig("Local", chat_server.url, "local-model", KEY, timeout_s=0.2))


@pytest.fixture
def assistant(service):
    return Assistant(index(), service)


@pytest.fixture
def alone():
    """The assistant without a service."""
    return Assistant(index())
