"""Which of the interface's languages a browser asks for."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from rag.locale import INTERFACE_LANGUAGES


def requested_language(query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """The interface language named in an address, or else the one that the browser asks for."""
    named = query.get("lang", "")
    return (
        named
        if named in INTERFACE_LANGUAGES
        else choose_language(headers.get("accept-language", ""))
    )


def spoken(headers: Mapping[str, str]) -> str:
    """The interface language of the page that sends a request with these headers."""
    sender = urlsplit(headers.get("referer", "")).query
    return requested_language(dict(parse_qsl(sender)), headers)


def choose_language(accepted: str) -> str:
    """The interface language for an ``Accept-Language`` header (RFC 9110, section 12.5.4).

    The tag of highest weight that is one of the five wins, the first among equals; ``"en"`` when
    none is. Taiwan, Hong Kong and Macao read Traditional Chinese, other Chinese is Simplified.
    """
    best, best_weight = "en", 0.0
    for item in accepted.split(","):
        tag, _, parameters = item.partition(";")
        language, weight = _interface_tag(tag), _weight(parameters)
        if language and weight > best_weight:
            best, best_weight = language, weight
    return best


def _interface_tag(tag: str) -> str:
    primary, *subtags = tag.strip().lower().split("-")
    if primary == "zh":
        traditional = "hans" not in subtags and {"hant", "tw", "hk", "mo"} & set(subtags)
        return "zh-Hant" if traditional else "zh-Hans"
    return primary if primary in INTERFACE_LANGUAGES else ""


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
