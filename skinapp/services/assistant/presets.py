"""Services that speak the OpenAI protocol, and the settings of one of them."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _

DEFAULT_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Preset:
    """A service's address and usual model. An empty model stands for the first that the server lists."""

    name: str
    title: str
    url: str
    model: str
    needs_key: bool


PRESETS = {
    preset.name: preset
    for preset in (
        Preset("perplexity", "Perplexity", "https://api.perplexity.ai", "sonar", True),
        Preset("openai", "OpenAI", "https://api.openai.com/v1", "gpt-4.1-mini", True),
        Preset("ollama", "Ollama", "http://localhost:11434/v1", "", False),
        Preset("vllm", "vLLM", "http://localhost:8000/v1", "", False),
        Preset("llamacpp", "llama.cpp", "http://localhost:8080/v1", "", False),
    )
}
DEFAULT_PRESET = "perplexity"


@dataclass(frozen=True)
class ServiceConfig:
    """One configured service. The key is in no ``repr``."""

    title: str
    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout_s: float = DEFAULT_TIMEOUT_S

    @property
    def host(self) -> str:
        """Where questions go, as a visitor reads it."""
        return urlsplit(self.url).hostname or self.url


def service_config(
    preset: str = "", url: str = "", model: str = "", key: str = "", timeout_s: float = DEFAULT_TIMEOUT_S
) -> ServiceConfig | None:
    """The service from its settings, empty ones taken from the preset; None where none is set up.

    Without a preset and an address only a key counts: it belongs to the default preset then.
    `SkinAppError` for an unknown preset or an address that is none.
    """
    if not (preset or url or key):
        return None
    known = _preset(preset or DEFAULT_PRESET)
    if known.needs_key and not key and not url:
        return None
    address = (url or known.url).rstrip("/")
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
        raise SkinAppError(
            _("The address of the assistant's service is not one: '{url}'.").format(url=address),
            _("Give it as https://host/v1, with SKINAPP_ASSISTANT_URL or in .streamlit/secrets.toml."),
        )
    title = known.title if not url or preset else urlsplit(address).hostname
    own_server = bool(url) and not preset
    return ServiceConfig(title, address, model or ("" if own_server else known.model), key, timeout_s)


def _preset(name: str) -> Preset:
    if name not in PRESETS:
        raise SkinAppError(
            _("There is no preset '{name}' for the assistant's service.").format(name=name),
            _("Known presets: {names}.").format(names=", ".join(PRESETS)),
        )
    return PRESETS[name]
