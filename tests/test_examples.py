"""Questions to begin with: a corpus's own, or such as its reports answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_tools import REPOSITORY, Library

from rag.app import make_assistant, make_encoder, make_examples
from rag.config import Settings
from rag.errors import RagError
from rag.examples import MOST, own_examples, suggested
from rag.index import Index, open_index
from rag.schema import Answer, Citation, Document
from rag.text.languages import detect

LANGUAGES = ("en", "zh-Hans", "zh-Hant", "ar", "ja")


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_are_in_the_pages_language_and_answered_from_the_reports(
    library: Library, language: str
) -> None:
    settings = Settings(index=library.index)
    encoder = make_encoder(settings)
    made = make_examples(settings, encoder)(language)
    assert len(made) == MOST
    assert len(set(made)) == MOST
    assistant = make_assistant(settings, encoder)
    titles = [report.title or report.name for report in assistant.documents()]
    for code, question in made:
        assert code == language
        assert any(title in question for title in titles)
        answer = assistant.ask(question, extractive=True)
        assert answer.citations
        assert answer.notice == ""


def answer_with(document: Document, start: int, end: int, **more: str) -> Answer:
    quote = document.text[start:end]
    citation = Citation(1, document.name, document.source, 1, None, start, end, quote)
    return Answer("q", "en", False, quote, (), (citation,), (), "extractive", **more)


@pytest.fixture(scope="module")
def index(library: Library) -> Index:
    return open_index(library.index)


def test_only_what_is_answered_from_its_own_place_is_given(index: Index) -> None:
    theft = index.document("theft-review.en")
    causes = theft.text.index("2 Causes")
    keys = theft.text.index("The private keys")

    def ask(question: str) -> Answer:
        if "“Causes”" in question:
            return answer_with(theft, keys, keys + 10)
        if "“Rules”" in question:
            # Another section's words are no answer to what this one says.
            return answer_with(theft, causes, keys)
        return answer_with(theft, keys, keys + 10, notice="This may not be what you look for.")

    made = [question for _, question in suggested(index, "en", ask)]
    assert made == ["What does “Review of the theft at Northgate Exchange” say about “Causes”?"]


def test_no_more_is_asked_than_needed_and_reports_in_the_pages_language_come_first(
    index: Index,
) -> None:
    asked: list[str] = []

    def refuse(question: str) -> Answer:
        asked.append(question)
        return Answer("q", "en", True, "No.", (), (), (), "extractive")

    assert suggested(index, "ja", refuse) == ()
    assert len(asked) == len(set(asked)) <= 24
    assert all(detect(question) == "ja" for question in asked[:2])


def test_a_corpus_may_have_its_own(tmp_path: Path) -> None:
    assert own_examples(tmp_path) == ()
    entries = [{"lang": "en", "query": "What?"}]
    (tmp_path / "examples.json").write_text(json.dumps(entries), "utf-8")
    assert own_examples(tmp_path) == (("en", "What?"),)


def test_its_own_in_the_pages_language_come_first(tmp_path: Path) -> None:
    asked = [("en", "What?"), ("ja", "何?"), ("en", "Who?"), ("ja", "誰?")]
    entries = [{"lang": language, "query": query} for language, query in asked]
    (tmp_path / "examples.json").write_text(json.dumps(entries), "utf-8")
    assert own_examples(tmp_path, "ja") == (asked[1], asked[3], asked[0], asked[2])
    assert own_examples(tmp_path, "fr") == tuple(asked)


@pytest.mark.parametrize("content", ["{", "3", '[{"lang": "en"}]', '["What?"]'])
def test_a_file_that_is_no_list_of_questions_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "examples.json").write_text(content, "utf-8")
    with pytest.raises(RagError, match=r"examples\.json is no list of questions"):
        own_examples(tmp_path)


def test_the_sample_corpus_has_one_a_language() -> None:
    found = own_examples(REPOSITORY / "corpus")
    assert {language for language, _ in found} == set(LANGUAGES)
