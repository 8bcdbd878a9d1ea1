"""The evidence beside a conversation as HTML: cited passages, others consulted, the reports.

Citations of one page of one passage share a card. The number of a citation carries its name as
id, such as ``t0-c1``, and the marks in the passage carry it as ``data-quote``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.locale import Catalogue
from rag.schema import Answer, Chunk, Citation, Hit
from rag.web.conversation import Turn
from rag.web.passage import Block, Quote, passage_blocks
from rag.web.protocol import Report
from rag.web.rendering import render

SHOWN_HITS = 5
"""Passages listed under a refusal, or under the cited ones of an answer."""


@dataclass(frozen=True, slots=True)
class _Card:
    """Citations that lie on one page of one passage, or on none of those found."""

    citations: tuple[Citation, ...]
    language: str
    section: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _HitCard:
    """A passage that is not cited."""

    hit: Hit
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Answered:
    """The evidence of turn ``number``; ``question`` is what was searched for."""

    number: int
    query: str
    question: str
    language: str
    refused: bool
    cards: tuple[_Card, ...]
    others: tuple[_HitCard, ...]


def evidence_html(
    turns: Sequence[Turn],
    texts: Catalogue,
    *,
    reports: Sequence[Report],
    titles: Mapping[str, str],
) -> str:
    """The passages behind each turn, those of the last one in view, and the list of reports."""
    answered = [_answered(number, turn.answer) for number, turn in enumerate(turns) if turn.answer]
    return render("evidence.html", texts, turns=answered, reports=reports, titles=titles)


def _answered(number: int, answer: Answer) -> _Answered:
    rest = [hit for hit in answer.hits if not any(_holds(hit, c) for c in answer.citations)]
    return _Answered(
        number,
        query=answer.query,
        question=answer.searched or answer.query,
        language=answer.language,
        refused=answer.refused,
        cards=tuple(_cards(number, answer)),
        others=tuple(
            _HitCard(hit, passage_blocks(hit.chunk.text, header=hit.chunk.header))
            for hit in rest[:SHOWN_HITS]
        ),
    )


def _holds(hit: Hit, citation: Citation) -> bool:
    chunk = hit.chunk
    return (
        chunk.document == citation.document
        and chunk.start <= citation.start
        and citation.end <= chunk.end
    )


def _cards(number: int, answer: Answer) -> Iterator[_Card]:
    """The cards of an answer, in the order of their first citations."""
    grouped: dict[tuple[str, int], tuple[Chunk | None, list[Citation]]] = {}
    for citation in answer.citations:
        chunk = next((hit.chunk for hit in answer.hits if _holds(hit, citation)), None)
        key = (chunk.id if chunk else f"citation {citation.id}", citation.page)
        grouped.setdefault(key, (chunk, []))[1].append(citation)
    for chunk, citations in grouped.values():
        yield _card(number, chunk, tuple(citations))


def _card(number: int, chunk: Chunk | None, citations: tuple[Citation, ...]) -> _Card:
    first = citations[0]
    offset = chunk.start if chunk else first.start
    quotes = [Quote(c.start - offset, c.end - offset, f"t{number}-c{c.id}") for c in citations]
    return _Card(
        citations,
        language=(chunk.language if chunk else "") or first.language,
        section=first.section or (chunk.section if chunk else ()),
        blocks=passage_blocks(
            chunk.text if chunk else first.quote, quotes, chunk.header if chunk else ""
        ),
    )
