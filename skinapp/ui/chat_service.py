"""The assistant that all visitors share, and where its questions go."""

import streamlit as st

from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.services.assistant.conversation import Assistant
from skinapp.services.assistant.emergency import ELSEWHERE, Region, regions
from skinapp.services.assistant.limits import FOR_ALL
from skinapp.services.assistant.presets import ServiceConfig, service_config
from skinapp.services.assistant.service import OpenAIService
from skinapp.services.rate_limit import RateLimit
from skinapp.settings import settings
from skinapp.ui.errors import errors_shown, show_error
from skinapp.ui.lasting_choice import lasting_choice

_SECRETS = ("service", "url", "model", "key")


def assistant() -> Assistant:
    """The assistant with the service that is set up; with a wrong setting it says so and works without."""
    try:
        return _shared_assistant(_config())
    except SkinAppError as error:
        show_error(error)
        return _shared_assistant(None)


@st.cache_resource(max_entries=2, show_spinner=False)
def _shared_assistant(config: ServiceConfig | None) -> Assistant:
    service = OpenAIService(config) if config is not None else None
    return Assistant(service, RateLimit(FOR_ALL))


def _config() -> ServiceConfig | None:
    """The settings of the environment, completed by ``[assistant]`` in .streamlit/secrets.toml."""
    known = settings().assistant
    secrets = _secrets()
    service, url, model, key = (getattr(known, name) or str(secrets.get(name, "")) for name in _SECRETS)
    return service_config(service, url, model, key, known.timeout_s)


def _secrets() -> dict:
    try:
        return dict(st.secrets.get("assistant", {}))
    except FileNotFoundError:
        return {}


def service_note(shared: Assistant) -> None:
    """One line on where questions go."""
    if shared.service is None:
        st.caption(
            _("Answers come from built-in articles with their sources. Questions stay on this machine.")
        )
        return
    config = shared.service.config
    words = _(
        "Questions go to {title} (`{host}`) together with the last part of the conversation; urgent signs "
        "are answered here at once. Do not write names or addresses."
    )
    st.caption(words.format(title=config.title, host=config.host))


def region_choice() -> Region:
    """The region whose emergency numbers are shown, chosen in the sidebar."""
    known = regions()
    with errors_shown():
        known = regions(settings().assistant.emergency)
    with st.sidebar:
        titles = {code: region.title for code, region in known.items()}
        words = _("Emergency numbers for")
        code = lasting_choice(words, titles, "assistant_region", first=_own_region(known))
    return known[code]


def _own_region(known: dict[str, Region]) -> str:
    """The region of the visitor's browser, as in "de-AT", where it is known."""
    code = (st.context.locale or "").rpartition("-")[2].lower()
    return code if code in known else ELSEWHERE
