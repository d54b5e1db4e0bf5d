"""Translated text and numbers in the reader's language.

The language belongs to the running context (a visitor's script run, a command), so visitors with
different languages do not disturb each other.
"""

import gettext as _gettext
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale, dates, numbers
from babel.messages import mofile, pofile

LOCALE_DIR = Path(__file__).parent / "locale"
LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español"}
DEFAULT_LANGUAGE = "en"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


def catalogue_file(language: str) -> Path:
    """Where the translations into a language lie, as a translator edits them."""
    return LOCALE_DIR / language / "LC_MESSAGES" / "skinapp.po"


@lru_cache(maxsize=16)
def _catalogue(language: str) -> _gettext.NullTranslations:
    """The translations into a language, compiled when they are first needed; none for the original's."""
    if not catalogue_file(language).is_file():
        return _gettext.NullTranslations()
    compiled = BytesIO()
    with catalogue_file(language).open("rb") as file:
        mofile.write_mo(compiled, pofile.read_po(file, locale=language))
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


def set_language(language: str) -> None:
    """Use ``language`` (a key of `LANGUAGES`) for the rest of this context."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {sorted(LANGUAGES)}, got {language!r}")
    _language.set(language)


def current_language() -> str:
    """The language code of this context."""
    return _language.get()


def gettext(message: str) -> str:
    """``message`` in the current language; the message itself where there is no translation."""
    return _catalogue(current_language()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of a message that goes with ``count``."""
    return _catalogue(current_language()).ngettext(singular, plural, count)


def marked(message: str) -> str:
    """Mark a constant for extraction; it is translated where it is shown."""
    return message


def country_name(code: str, name: str) -> str:
    """``name`` in the current language where it is the English one of the country ``code`` (ISO 3166)."""
    is_usual = Locale(DEFAULT_LANGUAGE).territories.get(code.upper()) == name
    return Locale(current_language()).territories[code.upper()] if is_usual else gettext(name)


def own_name(name: str) -> str:
    """What a language or country is called in the current language; empty where the name is not known.

    >>> own_name("Deutsch"), own_name("Österreich"), own_name("mole mapping")
    ('German', 'Austria', '')
    """
    kind, code = _names().get(name.strip().casefold(), ("languages", ""))
    return getattr(Locale(current_language()), kind).get(code, "")


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, str]]:
    """Languages and countries by their names in every language of the app, as kind and code."""
    return {
        name.casefold(): (kind, code)
        for language in LANGUAGES
        for kind in ("territories", "languages")
        for code, name in getattr(Locale(language), kind).items()
    }


def number_separators() -> str:
    """The signs before decimals and between thousands.

    >>> number_separators()
    '.,'
    """
    language = current_language()
    return numbers.get_decimal_symbol(language) + numbers.get_group_symbol(language)


def format_percent(prob: float, decimals: int = 0) -> str:
    """A fraction in [0, 1] as a percentage with a fixed count of decimals.

    >>> format_percent(0.834), format_percent(0.834, 1)
    ('83%', '83.4%')
    """
    pattern = Locale.parse(current_language()).percent_formats[None].pattern
    if decimals:
        pattern = pattern.replace("0", "0." + "0" * decimals, 1)
    return numbers.format_percent(prob, format=pattern, locale=current_language())


def format_prob(prob: float) -> str:
    """What a model tells for a class, as a percentage without decimals; it is never certain.

    >>> format_prob(0.834), format_prob(0.0049), format_prob(0.9951), format_prob(1.0)
    ('83%', '<1%', '>99%', '>99%')
    """
    if prob <= 0.005:
        return f"<{format_percent(0.01)}"
    if prob >= 0.995:
        return f">{format_percent(0.99)}"
    return format_percent(prob)


def format_number(value: float, decimals: int = 2) -> str:
    """A number with a fixed count of decimals and the language's separators.

    >>> format_number(1234.5)
    '1,234.50'
    """
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return numbers.format_decimal(value, format=pattern, locale=current_language())


def format_signed(value: float, decimals: int = 2) -> str:
    """A difference with its sign in the current language's style; what rounds to nothing has none.

    >>> format_signed(-0.0312, 3)
    '−0.031'
    """
    sign = "" if round(value, decimals) == 0 else "+" if value > 0 else "−"
    return sign + format_number(abs(value), decimals)


def format_day(moment: datetime) -> str:
    """The day of a moment, with its weekday.

    >>> format_day(datetime(2026, 12, 1, 9, 30))
    'Tue, Dec 1'
    """
    return dates.format_skeleton("MMMEd", moment, tzinfo=moment.tzinfo, locale=current_language())


def format_time(moment: datetime) -> str:
    """The time of day of a moment.

    >>> format_time(datetime(2026, 12, 1, 9, 30))
    '9:30\u202fAM'
    """
    return dates.format_time(moment, "short", tzinfo=moment.tzinfo, locale=current_language())
