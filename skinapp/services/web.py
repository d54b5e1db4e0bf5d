"""What other servers answer, for the few things that are fetched on request."""

from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from skinapp import __version__
from skinapp.errors import DataError
from skinapp.i18n import gettext as _


def fetched(address: str, max_bytes: int, timeout_s: float, server: str, instead: str) -> bytes:
    """What a server answers to a GET request; `DataError` where it cannot be reached or answers too much.

    ``server`` is its name for people, ``instead`` what they can do without it.
    """
    if urlsplit(address).scheme not in ("http", "https"):
        raise unexpected(server, instead)
    request = Request(address, headers={"User-Agent": f"skinapp/{__version__}"})
    try:
        with urlopen(request, timeout=timeout_s) as answer:
            data = answer.read(max_bytes + 1)
    except (URLError, TimeoutError, ConnectionError) as error:
        cause = getattr(error, "reason", error)
        reason = getattr(cause, "strerror", None) or cause
        raise DataError(
            _("{server} cannot be reached ({reason}).").format(server=server, reason=reason),
            _("Check the internet connection and try again, or {instead}.").format(instead=instead),
        ) from None
    if len(data) > max_bytes:
        raise unexpected(server, instead)
    return data


def unexpected(server: str, instead: str) -> DataError:
    """The error for an answer that has another form than is known."""
    return DataError(
        _("{server} gave an answer that this version does not understand.").format(server=server),
        _("Try again later, or {instead}.").format(instead=instead),
    )
