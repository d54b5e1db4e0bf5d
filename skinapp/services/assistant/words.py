"""Text as rules and search read it: lower case, without accents and hidden characters, as words."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_AT_MOST_ONE_WORD = r" (?:\w+ )?"
_DOTLESS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


def visible(text: str) -> str:
    """``text`` in its usual letters (NFKC) without characters that show nothing or turn its direction.

    >>> visible("mel\\u200banoma")
    'melanoma'
    """
    usual = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in usual if sign == "\n" or unicodedata.category(sign) not in ("Cf", "Cc"))


def plain(text: str) -> str:
    """Words in lower case without accents, one space between them.

    >>> plain("J'ai un GRAIN de beauté, qui saigne!")
    'j ai un grain de beaute qui saigne'
    """
    return " ".join(words(text))


def words(text: str) -> list[str]:
    """The words of a text, in the spelling of `plain`."""
    spaced = visible(text.replace("\n", " ").replace("\t", " ")).casefold()
    parts = unicodedata.normalize("NFKD", spaced)
    bare = "".join(sign for sign in parts if not unicodedata.combining(sign)).translate(_DOTLESS)
    return _WORD.findall(bare)


def phrase_pattern(alternatives: str) -> re.Pattern[str]:
    """A pattern over `plain` text for alternatives divided by ``|``; ``*`` stands for any word ending.

    After ``~`` come alternatives for what follows, at most one word between.

    >>> bool(phrase_pattern("bleed*|blood").search("it is bleeding"))
    True
    >>> bool(phrase_pattern("bleeding|bleeds ~ a lot|badly").search("it bleeds very badly"))
    True
    """
    groups = [_any_of(group.split("|")) for group in alternatives.split(" ~ ")]
    return re.compile(rf"\b{_AT_MOST_ONE_WORD.join(groups)}\b")


def _any_of(phrases: list[str]) -> str:
    return f"(?:{'|'.join(' '.join(map(_word_source, phrase.split())) for phrase in phrases)})"


def _word_source(word: str) -> str:
    return re.escape(plain(word.rstrip("*"))) + (r"\w*" if word.endswith("*") else "")
