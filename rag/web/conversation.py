"""The conversation as HTML.

A turn's number and a citation's number name it: the button with ``data-cite="t0-c1"`` opens the
evidence of that name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from rag.locale import Catalogue
from rag.retrieval.retriever import Filters
from rag.schema import Answer, Citation, Sentence
from rag.web.filtering import FilterName, question_address
from rag.web.filters_html import shown_filters
from rag.web.rendering import render


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, or a sentence about what went wrong.

    ``draft`` is what has been written and checked of an answer that is not there yet. ``filters``
    are what the search was limited to.
    """

    question: str
    answer: Answer | None = None
    problem: str = ""
    draft: str = ""
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence, with those of its citations that the answer holds."""

    text: str
    unverified: bool
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Sentences of one report, in one language."""

    language: str
    sentences: tuple[_Said, ...]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A turn as the template shows it; ``complete``: all of its answer is set out."""

    number: int
    question: str
    problem: str
    draft: str
    limits: Sequence[tuple[FilterName, str]]
    answer: Answer | None
    language: str = ""
    paragraphs: tuple[_Paragraph, ...] = ()
    complete: bool = False
    origin: str = ""
    link: str = ""


def conversation_html(
    turns: Sequence[Turn],
    texts: Catalogue,
    *,
    titles: Mapping[str, str],
    examples: Sequence[tuple[str, str]],
    sentences: int | None = None,
    dossiers: bool = False,
) -> str:
    """The conversation so far; the welcome with ``examples`` (language, question) while empty.

    ``dossiers``: every answer has a button for its dossier. ``sentences`` limits the last answer to
    its first ones, while it is being set out; None shows it whole.
    """
    last = len(turns) - 1
    shown = [
        _shown(number, turn, texts, titles, sentences if number == last else None)
        for number, turn in enumerate(turns)
    ]
    return render(
        "conversation.html",
        texts,
        turns=shown,
        titles=titles,
        examples=examples,
        dossiers=dossiers,
    )


def _shown(
    number: int, turn: Turn, texts: Catalogue, titles: Mapping[str, str], sentences: int | None
) -> _Shown:
    limits = shown_filters(turn.filters, titles)
    answer = turn.answer
    if answer is None:
        return _Shown(number, turn.question, turn.problem, turn.draft, limits, None)
    return _Shown(
        number,
        turn.question,
        turn.problem,
        turn.draft,
        limits,
        answer,
        language=answer.language,
        paragraphs=_paragraphs(answer, sentences),
        complete=sentences is None or sentences >= len(answer.sentences),
        origin=_origin(answer, texts),
        # A follow-up says little by itself: its link asks what it was completed to.
        link=question_address(answer.searched or turn.question, turn.filters),
    )


def _paragraphs(answer: Answer, sentences: int | None) -> tuple[_Paragraph, ...]:
    """Sentences of one report and language run on, others stand apart."""
    cited = {citation.id: citation for citation in answer.citations}

    def source(sentence: Sentence) -> tuple[str, str]:
        first = next((cited[id_] for id_ in sentence.citations if id_ in cited), None)
        return (first.document, first.language) if first else ("", "")

    def said(sentence: Sentence) -> _Said:
        held = tuple(cited[id_] for id_ in sentence.citations if id_ in cited)
        return _Said(sentence.text, bool(sentence.unverified), held)

    return tuple(
        _Paragraph(language, tuple(map(said, group)))
        for (_, language), group in groupby(answer.sentences[:sentences], key=source)
    )


def _origin(answer: Answer, texts: Catalogue) -> str:
    kind, _, name = answer.generator.partition(":")
    chat = texts.chat
    made = chat.written_by.format(name=name or kind) if kind == "llm" else chat.quoted
    checks = answer.checks if kind == "llm" else None
    checked = (
        chat.checked.format(kept=checks.kept, marked=checks.marked, removed=checks.removed)
        if checks
        else ""
    )
    return " · ".join(filter(None, [made, checked, chat.notice]))
