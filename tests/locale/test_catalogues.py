"""Every language says everything, with the same blanks to fill and the plurals that it has."""

from __future__ import annotations

import json
import string
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import pytest
from babel import Locale
from pydantic import TypeAdapter, ValidationError

from rag.llm.client import Failure
from rag.locale import (
    ANSWER_LANGUAGES,
    INTERFACE_LANGUAGES,
    Catalogue,
    Plural,
    answer_texts,
    catalogue,
)
from rag.web.filtering import FILTER_NAMES
from rag.web.page_view import Unavailable

ROOT = Path(__file__).parents[2]
OTHERS = [code for code in INTERFACE_LANGUAGES if code != "en"]


def content(language: str) -> dict[str, Any]:
    path = files("rag.locale") / "catalogues" / f"{language}.json"
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def messages(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Ids and wordings; a message that counts has several."""
    for name, value in tree.items():
        if isinstance(value, str):
            yield f"{path}{name}", [value]
        elif "other" in value:
            yield f"{path}{name}", list(value.values())
        else:
            yield from messages(value, f"{path}{name}.")


def plurals(tree: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    for value in tree.values():
        if isinstance(value, dict):
            if "other" in value:
                yield value
            else:
                yield from plurals(value)


def blanks(wordings: list[str]) -> set[str]:
    return {name for text in wordings for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_every_catalogue_has_the_messages_of_the_english_one_with_the_same_blanks(language: str):
    english = {name: blanks(wordings) for name, wordings in messages(content("en"))}
    assert {name: blanks(wordings) for name, wordings in messages(content(language))} == english


@pytest.mark.parametrize("language", ANSWER_LANGUAGES)
def test_answers_say_the_same_in_every_language_they_know(language: str):
    english = {name: blanks(wordings) for name, wordings in messages(content("en")["answer"])}
    own = content(language)
    assert {name: blanks(wordings) for name, wordings in messages(own["answer"])} == english
    assert language in INTERFACE_LANGUAGES or own.keys() == {"answer"}


@pytest.mark.parametrize("language", ANSWER_LANGUAGES)
def test_nothing_is_empty_and_plurals_are_those_of_the_language(language: str):
    own = content(language)
    unsaid = [name for name, wordings in messages(own) if not all(wordings)]
    assert unsaid == (["answer.sentence_separator"] if language[:2] in {"zh", "ja"} else [])
    categories = {*Locale.parse(language, sep="-").plural_form.tags, "other"}
    assert all(forms.keys() == categories for forms in plurals(own))


def test_the_files_are_those_of_the_languages():
    found = {path.name for path in (files("rag.locale") / "catalogues").iterdir()}
    assert found == {f"{code}.json" for code in ANSWER_LANGUAGES}


def test_an_id_too_many_or_too_few_is_refused():
    for change in (lambda chat: chat.pop("send"), lambda chat: chat.update(sned="Ask")):
        own = content("en") | {"language": "en"}
        change(own["chat"])
        with pytest.raises(ValidationError, match="chat"):
            TypeAdapter(Catalogue).validate_python(own, context="en")


def test_another_language_gets_english():
    assert catalogue("ko") is catalogue("en")
    assert answer_texts("ko") == catalogue("en").answer
    assert answer_texts("de") != catalogue("en").answer


@pytest.mark.parametrize("language", INTERFACE_LANGUAGES)
def test_whatever_goes_by_a_name_is_worded(language: str):
    own = catalogue(language)
    assert own.language == language
    assert own.filters.names.keys() == own.dossier.filter_names.keys() == set(FILTER_NAMES)
    assert own.page_view.unavailable.keys() == set(Unavailable) - {Unavailable.none}
    assert own.llm.failures.keys() == set(get_args(Failure))


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 1, "1 page"),
        ("en", 2, "2 pages"),
        ("en", 0, "0 pages"),
        ("en", 1234567, "1,234,567 pages"),
        ("zh-Hans", 1, "1 页"),
        ("zh-Hant", 2, "2 頁"),
        ("ja", 3, "3 ページ"),
        ("ar", 1, "صفحة واحدة"),
        ("ar", 2, "صفحتان"),
        ("ar", 3, "3 صفحات"),
        ("ar", 11, "11 صفحة"),
        ("ar", 103, "103 صفحات"),
    ],
)
def test_counts_take_the_plural_of_their_language(language: str, count: int, said: str):
    assert catalogue(language).chat.pages_count.format(count) == said


def test_other_numbers_of_a_message_are_written_as_its_language_does():
    plural = Plural("de", {"one": "{count} von {all}", "other": "{count} von {all} ({name})"})
    assert plural.format(2000, all=16000, name="x") == "2.000 von 16.000 (x)"


def test_catalogues_and_templates_are_installed_with_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["rag"]
    found = [
        path.relative_to(ROOT / "rag").as_posix()
        for path in (ROOT / "rag").rglob("*")
        if path.suffix in {".json", ".html", ".svg", ".js", ".css"}
    ]
    assert any(name.startswith("locale/") for name in found)
    assert [name for name in found if not any(fnmatch(name, one) for one in patterns)] == []
