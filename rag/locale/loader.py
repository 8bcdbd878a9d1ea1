"""Reading the catalogues: one JSON file a language, checked against the ids once and kept."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter

from rag.locale.messages import AnswerTexts, Catalogue

INTERFACE_LANGUAGES = ("en", "zh-Hans", "zh-Hant", "ar", "ja")
"""The interface's languages, in the order in which they are offered."""

ANSWER_LANGUAGES = (*INTERFACE_LANGUAGES, "de", "fr", "es")
"""The languages in which answers say what they say themselves."""

_FALLBACK = "en"


def catalogue(language: str) -> Catalogue:
    """Every message in ``language``; in English where it is not one of the interface's."""
    return _catalogue(language if language in INTERFACE_LANGUAGES else _FALLBACK)


def answer_texts(language: str) -> AnswerTexts:
    """The messages of answers in ``language``; in English where there are none."""
    return _answer_texts(language if language in ANSWER_LANGUAGES else _FALLBACK)


@cache
def _catalogue(language: str) -> Catalogue:
    content = {"language": language, **_content(language)}
    return TypeAdapter(Catalogue).validate_python(content, context=language)


@cache
def _answer_texts(language: str) -> AnswerTexts:
    return TypeAdapter(AnswerTexts).validate_python(_content(language)["answer"], context=language)


def _content(language: str) -> dict[str, Any]:
    path = files("rag.locale") / "catalogues" / f"{language}.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
