"""The JSON that other programs read: the shapes of ``rag search --json`` and ``rag ask --json``.

The command line and the web interface return the same objects, so they are made here, once.
Offsets count Unicode code points, pages count from 1, and ``page_label`` is null where the file
prints none. ``quality`` (0 to 1 or null) and ``faults`` are those of the page that the passage or
quote begins on. Fields may be added; those that stand here do not change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired

from typing_extensions import TypedDict

from rag.schema import Answer, Checks, Citation, Hit, Page, Sentence


class HitJson(TypedDict):
    """A passage found; ``score`` is comparable within one query only, higher is better."""

    rank: int
    score: float
    document: str
    source: str
    page: int
    page_label: str | None
    section: list[str]
    language: str
    start: int
    end: int
    text: str
    quality: float | None
    faults: list[str]


class SearchJson(TypedDict):
    """What ``rag search --json`` prints."""

    query: str
    language: str
    mode: str
    hits: list[HitJson]


class SentenceJson(TypedDict):
    """A sentence of the answer with the ids of the citations that carry it.

    ``unverified`` is there only for a model's sentence that is shown although its passages do not
    bear it out: the kinds of things that they lack.
    """

    text: str
    citations: list[int]
    unverified: NotRequired[list[str]]


class ChecksJson(TypedDict):
    """A model's sentences: borne out, marked, taken out, and how many failed by each reason."""

    kept: int
    marked: int
    removed: int
    reasons: dict[str, int]


class CitationJson(TypedDict):
    """A quote: ``quote == text[start:end]`` of ``document``."""

    id: int
    document: str
    source: str
    page: int
    page_label: str | None
    start: int
    end: int
    quote: str
    quality: float | None
    faults: list[str]


class AnswerJson(TypedDict):
    """What ``rag ask --json`` prints; ``citations`` is empty when ``refused``.

    ``searched`` is the question as it was searched for, ``notice`` why quotes stand in for a
    language model's words, or that reports differ (empty otherwise); ``checks`` is null for an
    answer of quotes. A refusal says how many ``reports`` were searched, which words of the question
    none of them has (``missing``) and which passages came ``nearest``; else 0 and empty.
    """

    query: str
    language: str
    refused: bool
    answer: str
    sentences: list[SentenceJson]
    citations: list[CitationJson]
    generator: str
    searched: str
    notice: str
    checks: ChecksJson | None
    reports: int
    missing: list[str]
    nearest: list[HitJson]


_NEAREST = 3
"""Passages that a refusal comes with."""


class PageJson(TypedDict):
    """``text[start:end]`` of a report, the text that ``rag show`` prints.

    ``page`` is null, and so are its label and quality, where it is the whole of the report's
    ``pages``.
    """

    document: str
    source: str
    language: str
    page: int | None
    page_label: str | None
    pages: int
    start: int
    end: int
    text: str
    quality: float | None
    faults: list[str]


def hit_to_json(hit: Hit) -> HitJson:
    """One passage of a search."""
    return HitJson(
        rank=hit.rank,
        score=hit.score,
        document=hit.chunk.document,
        source=hit.source,
        page=hit.page,
        page_label=hit.page_label,
        section=list(hit.chunk.section),
        language=hit.chunk.language,
        start=hit.chunk.start,
        end=hit.chunk.end,
        text=hit.chunk.text,
        quality=hit.quality,
        faults=list(hit.faults),
    )


def search_to_json(query: str, language: str, mode: str, hits: Sequence[Hit]) -> SearchJson:
    """A whole search: the question, its language, the mode asked for, and the hits in order."""
    return SearchJson(
        query=query, language=language, mode=mode, hits=[hit_to_json(hit) for hit in hits]
    )


def answer_to_json(answer: Answer) -> AnswerJson:
    """An answer or a refusal."""
    return AnswerJson(
        query=answer.query,
        language=answer.language,
        refused=answer.refused,
        answer=answer.text,
        sentences=[_sentence_to_json(sentence) for sentence in answer.sentences],
        citations=[_citation_to_json(citation) for citation in answer.citations],
        generator=answer.generator,
        searched=answer.searched or answer.query,
        notice=answer.notice,
        checks=_checks_to_json(answer.checks) if answer.checks else None,
        reports=answer.reports,
        missing=list(answer.missing),
        nearest=[hit_to_json(hit) for hit in answer.hits[:_NEAREST]] if answer.refused else [],
    )


def page_to_json(
    *,
    document: str,
    source: str,
    language: str,
    page: Page | None,
    pages: int,
    start: int,
    end: int,
    text: str,
) -> PageJson:
    """A page of a report, or all of it where ``page`` is None."""
    return PageJson(
        document=document,
        source=source,
        language=language,
        page=page.number if page else None,
        page_label=page.label if page else None,
        pages=pages,
        start=start,
        end=end,
        text=text,
        quality=page.quality if page else None,
        faults=list(page.faults) if page else [],
    )


def _sentence_to_json(sentence: Sentence) -> SentenceJson:
    made = SentenceJson(text=sentence.text, citations=list(sentence.citations))
    if sentence.unverified:
        made["unverified"] = list(sentence.unverified)
    return made


def _checks_to_json(checks: Checks) -> ChecksJson:
    return ChecksJson(
        kept=checks.kept,
        marked=checks.marked,
        removed=checks.removed,
        reasons=dict(checks.reasons),
    )


def _citation_to_json(citation: Citation) -> CitationJson:
    return CitationJson(
        id=citation.id,
        document=citation.document,
        source=citation.source,
        page=citation.page,
        page_label=citation.page_label,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
        quality=citation.quality,
        faults=list(citation.faults),
    )
