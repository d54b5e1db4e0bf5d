"""The client of a chat service that speaks the OpenAI protocol, streaming, with failures in plain words.

Nothing that a server sends back on a failure is shown: it may repeat the key.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.services.assistant.answer import Source
from skinapp.services.assistant.presets import ServiceConfig

if TYPE_CHECKING:
    import openai

LONGEST_WAIT = 4  # times the time-out: for a whole answer
MOST_TOKENS = 900
NO_KEY = "none"  # what local servers are given
USUAL_WAIT_S = 30.0  # after "too many requests" without a wait


@dataclass(frozen=True)
class Piece:
    """The next piece of an answer; ``sources`` are the pages that the service names, sent with any piece."""

    text: str = ""
    sources: tuple[Source, ...] = ()


class Service(Protocol):
    """What answers: `OpenAIService`, or a stand-in."""

    config: ServiceConfig

    def stream(self, messages: Sequence[dict[str, str]]) -> Iterator[Piece]: ...


class ServiceError(SkinAppError):
    """A service that did not answer as it should; ``wait_s`` is set where it asked to wait."""

    def __init__(self, message: str, hint: str, wait_s: float | None = None):
        super().__init__(message, hint)
        self.wait_s = wait_s


class OpenAIService:
    """One configured service. Its client is made with the first question and shared by all visitors."""

    def __init__(self, config: ServiceConfig):
        self.config = config
        self._client: openai.OpenAI | None = None

    def stream(self, messages: Sequence[dict[str, str]]) -> Iterator[Piece]:
        """The pieces of an answer as they come; raises `ServiceError`."""
        import openai

        chunks = None
        try:
            chunks = self._ask(messages)
            yield from self._pieces(chunks)
        except openai.APITimeoutError:
            raise _too_slow(self.config.timeout_s) from None
        except openai.APIStatusError as error:
            raise _refused(error.status_code, error.response.headers.get("retry-after")) from None
        except openai.APIConnectionError:
            raise _unreachable(self.config.host) from None
        except (openai.OpenAIError, json.JSONDecodeError, UnicodeDecodeError, ValueError):
            raise _unreadable() from None
        finally:
            if chunks is not None:
                chunks.close()

    def _ask(self, messages: Sequence[dict[str, str]]) -> "openai.Stream":
        client = self._connected()
        model = self.config.model or next((known.id for known in client.models.list()), None)
        if model is None:
            raise _no_model()
        return client.chat.completions.create(
            model=model, messages=list(messages), stream=True, temperature=0.2, max_tokens=MOST_TOKENS
        )

    def _connected(self) -> "openai.OpenAI":
        if self._client is None:
            import openai

            self._client = openai.OpenAI(
                base_url=self.config.url,
                api_key=self.config.key or NO_KEY,
                timeout=self.config.timeout_s,
                max_retries=0,
            )
        return self._client

    def _pieces(self, chunks: "openai.Stream") -> Iterator[Piece]:
        until = time.monotonic() + LONGEST_WAIT * self.config.timeout_s
        any_text = ended = False
        for chunk in chunks:
            if time.monotonic() > until:
                raise _too_slow(LONGEST_WAIT * self.config.timeout_s)
            piece, last = _read(chunk)
            any_text, ended = any_text or bool(piece.text.strip()), ended or last
            yield piece
        if not any_text:
            raise _empty()
        if not ended:
            raise _unreachable(self.config.host)


def _read(chunk: Any) -> tuple[Piece, bool]:
    """A chunk as a piece, and whether the service says that it is the last one."""
    choices = getattr(chunk, "choices", None) or ()
    text = "".join(choice.delta.content or "" for choice in choices if choice.delta is not None)
    ended = any(choice.finish_reason is not None for choice in choices)
    return Piece(text, _pages(chunk)), ended


def _pages(chunk: Any) -> tuple[Source, ...]:
    """The pages that a service such as Perplexity names: ``search_results``, or bare ``citations``."""
    results = getattr(chunk, "search_results", None)
    if not isinstance(results, list):
        citations = getattr(chunk, "citations", None)
        results = [{"url": url} for url in citations] if isinstance(citations, list) else []
    pages = [result for result in results if isinstance(result, dict)]
    return tuple(
        Source(str(number), str(page.get("title") or ""), str(page.get("url") or ""))
        for number, page in enumerate(pages, start=1)
    )


def _refused(status: int, retry_after: str | None) -> ServiceError:
    if status in (401, 403):
        return ServiceError(
            _("The assistant's service does not accept the key."),
            _("Whoever runs this app has to check it. The built-in knowledge answers meanwhile."),
        )
    if status == 429:
        wait_s = _seconds(retry_after)
        return ServiceError(
            _("The assistant's service has too many questions at the moment."),
            _("Ask again in {seconds} s.").format(seconds=round(wait_s)),
            wait_s,
        )
    return ServiceError(
        _("The assistant's service failed (status {status}).").format(status=status), _try_again()
    )


def _seconds(retry_after: str | None) -> float:
    try:
        return min(max(float(retry_after or USUAL_WAIT_S), 1.0), 3600.0)
    except ValueError:
        return USUAL_WAIT_S


def _too_slow(seconds: float) -> ServiceError:
    words = _("The assistant's service did not answer within {seconds} s.")
    return ServiceError(words.format(seconds=f"{seconds:g}"), _try_again())


def _unreachable(host: str) -> ServiceError:
    words = _("The connection to the assistant's service ({host}) failed or broke off.")
    return ServiceError(words.format(host=host), _try_again())


def _no_model() -> ServiceError:
    return ServiceError(
        _("The assistant's service offers no model."),
        _("Whoever runs this app has to install one there. The built-in knowledge answers meanwhile."),
    )


def _unreadable() -> ServiceError:
    return ServiceError(_("The assistant's service sent something that is no answer."), _try_again())


def _empty() -> ServiceError:
    return ServiceError(_("The assistant's service sent an empty answer."), _try_again())


def _try_again() -> str:
    return _("Try again in a moment. The built-in knowledge answers meanwhile.")
