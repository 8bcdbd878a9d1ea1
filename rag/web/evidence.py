"""The evidence beside a conversation as HTML: cited passages, others consulted, the reports.

Citations of one page of one passage share a card. The number of a citation carries its name as
id, such as ``t0-c1``, and the marks in the passage carry it as ``data-quote``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from rag.schema import Answer, Chunk, Citation, Hit
from rag.web.feedback_buttons import judging_html
from rag.web.page_view_texts import page_view_texts
from rag.web.passage import Quote, language_attributes, passage_html
from rag.web.protocol import Report
from rag.web.render import Turn, place_attributes
from rag.web.texts import TEXTS, Texts
from rag.web.wording import citation_name, interface_attributes, page_name, page_warning

SHOWN_HITS = 5
"""Passages listed under a refusal, or under the cited ones of an answer."""


@dataclass(frozen=True, slots=True)
class _Card:
    """Citations that lie on one page of one passage; no ``chunk`` where no passage holds them."""

    chunk: Chunk | None
    citations: tuple[Citation, ...]


def evidence_html(
    turns: Sequence[Turn], texts: Texts, *, reports: Sequence[Report], titles: Mapping[str, str]
) -> str:
    """The passages behind each turn, those of the last one in view, and the list of reports."""
    answered = [(number, turn.answer) for number, turn in enumerate(turns) if turn.answer]
    heading = f'<h2 class="panel-title">{escape(texts.evidence)}</h2>'
    if not answered:
        empty = f'<p class="muted">{escape(texts.evidence_empty)}</p>'
        return _panel(heading + empty + _reports(reports, texts, opened=True), texts)
    sections = "".join(
        _evidence_of(number, answer, texts, titles, visible=number == answered[-1][0])
        for number, answer in answered
    )
    return _panel(heading + sections + _reports(reports, texts, opened=False), texts)


def _panel(content: str, texts: Texts) -> str:
    return (
        f'<div class="evidence" role="region" aria-label="{escape(texts.evidence)}"'
        f"{interface_attributes(texts)}>{content}</div>"
    )


def _evidence_of(
    number: int, answer: Answer, texts: Texts, titles: Mapping[str, str], *, visible: bool
) -> str:
    hidden = "" if visible else " hidden"
    cards = "".join(
        _cited_card(number, card, texts, titles, answer.searched or answer.query)
        for card in _cards(answer)
    )
    rest = [hit for hit in answer.hits if not any(_holds(hit, c) for c in answer.citations)]
    listed = "".join(_hit_card(hit, texts, titles) for hit in rest[:SHOWN_HITS])
    if answer.refused:
        body = f'<h3 class="label">{escape(texts.closest)}</h3>{listed}' if listed else ""
    else:
        body = f'<h3 class="label">{escape(texts.sources)}</h3>{cards}'
        if listed:
            body += f"<details><summary>{escape(texts.others)}</summary>{listed}</details>"
    return (
        f'<section class="evidence-turn" data-turn="{number}"{hidden}>'
        f'<p class="asked"><bdi{language_attributes(answer.language)}>{escape(answer.query)}</bdi>'
        f"</p>{body}</section>"
    )


def _holds(hit: Hit, citation: Citation) -> bool:
    chunk = hit.chunk
    return (
        chunk.document == citation.document
        and chunk.start <= citation.start
        and citation.end <= chunk.end
    )


def _cards(answer: Answer) -> Iterator[_Card]:
    """The cards of an answer, in the order of their first citations."""
    grouped: dict[tuple[str, int], tuple[Chunk | None, list[Citation]]] = {}
    for citation in answer.citations:
        chunk = next((hit.chunk for hit in answer.hits if _holds(hit, citation)), None)
        key = (chunk.id if chunk else f"citation {citation.id}", citation.page)
        grouped.setdefault(key, (chunk, []))[1].append(citation)
    for chunk, citations in grouped.values():
        yield _Card(chunk, tuple(citations))


def _cited_card(
    number: int, card: _Card, texts: Texts, titles: Mapping[str, str], question: str
) -> str:
    first = card.citations[0]
    text = card.chunk.text if card.chunk else first.quote
    offset = card.chunk.start if card.chunk else first.start
    language = (card.chunk.language if card.chunk else "") or first.language
    section = first.section or (card.chunk.section if card.chunk else ())
    quotes = [Quote(c.start - offset, c.end - offset, f"t{number}-c{c.id}") for c in card.citations]
    passage = passage_html(text, quotes, card.chunk.header if card.chunk else "")
    name = "; ".join(citation_name(citation, texts, titles) for citation in card.citations)
    show = page_view_texts(texts.language).show
    chips = "".join(
        f'<button type="button" class="number" id="t{number}-c{citation.id}"'
        f'{place_attributes(citation)} data-open="t{number}-c{citation.id}" '
        f'aria-label="{escape(show)}: {escape(citation_name(citation, texts, titles))}">'
        f"{citation.id}</button>"
        for citation in card.citations
    )
    page = page_name(first.page, first.page_label, texts)
    return (
        f'<article class="card" tabindex="-1" aria-label="{escape(name)}">'
        f'<header><span class="numbers">{chips}</span>'
        f"{_source(first.document, page, section, titles)}</header>"
        f'<div class="passage"{language_attributes(language)}>{passage}</div>'
        f"{_warning(first, texts)}"
        f'<footer><button type="button" class="quiet" data-open="t{number}-c{first.id}">'
        f"{escape(show)}</button>{_copy_buttons(card, texts)}"
        f"{judging_html(card.citations, question, texts.language)}"
        f'<button type="button" class="quiet back" data-back="t{number}">{escape(texts.back)}'
        f"</button></footer></article>"
    )


def _copy_buttons(card: _Card, texts: Texts) -> str:
    several = len(card.citations) > 1
    return "".join(
        f'<button type="button" class="quiet" data-copy="{escape(_reference(citation, texts))}" '
        f'data-done="{escape(texts.copied)}">{escape(texts.copy)}'
        f"{f' {citation.id}' if several else ''}</button>"
        for citation in card.citations
    )


def _reference(citation: Citation, texts: Texts) -> str:
    """A citation as it goes into a working paper: the words, the file, the page."""
    page = page_name(citation.page, citation.page_label, texts)
    return f"“{citation.quote}” — {citation.source}, {page}"


def _hit_card(hit: Hit, texts: Texts, titles: Mapping[str, str]) -> str:
    chunk = hit.chunk
    page = page_name(hit.page, hit.page_label, texts)
    passage = passage_html(chunk.text, header=chunk.header)
    return (
        f'<article class="card plain"><header>'
        f"{_source(chunk.document, page, chunk.section, titles)}</header>"
        f'<div class="passage"{language_attributes(chunk.language)}>{passage}</div>'
        f"{_warning(hit, texts)}</article>"
    )


def _warning(cited: Citation | Hit, texts: Texts) -> str:
    """A line under words from a page that was not read well."""
    text = page_warning(cited.quality, cited.faults, texts)
    return f'<p class="doubt" role="note">{escape(text)}</p>' if text else ""


def _source(document: str, page: str, section: Sequence[str], titles: Mapping[str, str]) -> str:
    """Where a passage stands: title, file, page and path of headings."""
    title = titles.get(document) or document
    name = f'<bdi class="file">{escape(document)}</bdi> · ' if title != document else ""
    steps = '<span class="step" aria-hidden="true">›</span>'.join(
        f"<bdi>{escape(heading)}</bdi>" for heading in section
    )
    path = f'<p class="section">{steps}</p>' if steps else ""
    return (
        f'<div class="source"><p class="report"><bdi>{escape(title)}</bdi></p>'
        f'<p class="place">{name}<span class="page">{escape(page)}</span></p>{path}</div>'
    )


def _reports(reports: Sequence[Report], texts: Texts, *, opened: bool) -> str:
    if not reports:
        return ""
    rows = "".join(_report(report, texts) for report in reports)
    return (
        f'<details class="reports"{" open" if opened else ""}><summary>{escape(texts.reports)} '
        f'<span class="count">{len(reports)}</span></summary><ul>{rows}</ul></details>'
    )


def _report(report: Report, texts: Texts) -> str:
    language = TEXTS[report.language].language_name if report.language in TEXTS else report.language
    facts = (report.format.upper(), language, texts.pages_count.format(count=report.pages))
    details = " · ".join(f"<bdi>{escape(fact)}</bdi>" for fact in facts if fact)
    title = (
        f"<bdi{language_attributes(report.language)}>{escape(report.title or report.name)}</bdi>"
    )
    return f'<li><p class="report">{title}</p><p class="place">{details}</p></li>'
