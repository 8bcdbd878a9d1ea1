"""The named interface for programs: ``ask``, ``search`` and ``show``, with the contract's JSON.

Type hints are not deferred in this module, because Gradio reads them to type the interface.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import gradio as gr
from gradio.events import api as named_interface

from rag.errors import RagError
from rag.json_contract import (
    AnswerJson,
    PageJson,
    SearchJson,
    answer_to_json,
    page_to_json,
    search_to_json,
)
from rag.locale import catalogue
from rag.retrieval.retriever import Filters
from rag.text.languages import normalise_code
from rag.web.chat import question_problem
from rag.web.filtering import filters_of
from rag.web.negotiation import requested_language
from rag.web.protocol import Assistant, PageViews

MOST_HITS = 1000
"""Passages of the longest search."""


def add_interface(assistant: Assistant, page_views: PageViews) -> None:
    """Give the app that is being laid out its named functions."""
    named_interface(
        _ask(assistant),
        api_name="ask",
        api_description="Answers a question; the JSON of `rag ask --json`.",
    )
    named_interface(
        _search(assistant),
        api_name="search",
        api_description="Finds passages, best first; the JSON of `rag search --json`.",
    )
    named_interface(
        _show(page_views),
        api_name="show",
        api_description="The text of a report or of one page, exactly as offsets count it.",
    )


def _ask(assistant: Assistant) -> Callable[..., AnswerJson]:
    def ask(
        question: str,
        request: gr.Request,
        language: str = "",
        document: str = "",
        issuer: str = "",
        kind: str = "",
        since: str = "",
        until: str = "",
    ) -> AnswerJson:
        filters = _filters(language, document, issuer, kind, since, until)
        with _said():
            return answer_to_json(
                _loaded(assistant).ask(_question(question, request), filters=filters)
            )

    return ask


def _search(assistant: Assistant) -> Callable[..., SearchJson]:
    def search(
        question: str,
        request: gr.Request,
        k: int = 10,
        mode: Literal["hybrid", "dense", "bm25"] = "hybrid",
        language: str = "",
        document: str = "",
        issuer: str = "",
        kind: str = "",
        since: str = "",
        until: str = "",
    ) -> SearchJson:
        filters = _filters(language, document, issuer, kind, since, until)
        with _said():
            if not 1 <= k <= MOST_HITS:
                raise RagError(f"k is {k}; it must be from 1 to {MOST_HITS}.")
            if mode not in {"hybrid", "dense", "bm25"}:
                raise RagError(f"There is no mode {mode!r}: hybrid, dense and bm25 are known.")
            found = _loaded(assistant).search(
                _question(question, request), k=k, mode=mode, filters=filters
            )
            return search_to_json(found.query, found.language, found.mode, found.hits)

    return search


def _show(page_views: PageViews) -> Callable[..., PageJson]:
    def show(document: str, page: int | None = None) -> PageJson:
        with _said():
            return page_to_json(page_views.text(document, page))

    return show


def _filters(
    language: str, document: str, issuer: str, kind: str, since: str, until: str
) -> Filters:
    return filters_of(
        {
            "language": normalise_code(language) if language else "",
            "document": document,
            "issuer": issuer,
            "kind": kind,
            "since": since,
            "until": until,
        }
    )


def _question(question: str, request: gr.Request) -> str:
    asked = question.strip()
    problem = question_problem(
        asked, catalogue(requested_language(request.query_params, request.headers))
    )
    if problem:
        raise RagError(problem)
    return asked


def _loaded(assistant: Assistant) -> Assistant:
    for _ in () if assistant.ready() else assistant.load():
        pass
    return assistant


@contextmanager
def _said() -> Iterator[None]:
    """What fails reaches the caller as its sentence."""
    try:
        yield
    except RagError as error:
        raise gr.Error(str(error), print_exception=False) from error
