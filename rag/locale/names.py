"""What the Unicode CLDR knows of languages, through Babel: their names and their direction."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=512)
def _locale(code: str) -> Locale | None:
    try:
        found = Locale.parse(code, sep="-")
    except (ValueError, TypeError, UnknownLocaleError):
        return None
    # Babel takes ``und`` for the language that is likeliest.
    return found if found.language == code.partition("-")[0].lower() else None


def babel_locale(code: str) -> Locale:
    """Babel's locale for a language's BCP 47 code; English where it knows none."""
    return _locale(code) or Locale("en")


def direction(code: str) -> str:
    """``"rtl"`` where the language is written from right to left, else ``"ltr"``."""
    return babel_locale(code).text_direction


def language_name(code: str, language: str) -> str:
    """What ``language`` calls the language ``code``; the code where it has no name for it."""
    name = babel_locale(language).languages.get(code.replace("-", "_"))
    return name or code


def own_name(code: str) -> str:
    """What a language calls itself, as a list begins it; the code where that is not known."""
    locale = _locale(code)
    name = "" if locale is None else locale.languages.get(code.replace("-", "_"), "")
    return name[:1].upper() + name[1:] or code
