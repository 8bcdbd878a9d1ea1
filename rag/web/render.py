"""Answers as HTML: pure functions from values to fragments of the page.

Text of questions and reports enters the page only through ``html.escape`` or ``passage_html``.
A turn's number and a citation's number name its card: mark ``data-card="t0-c1"`` opens the
element of that id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from rag.schema import Answer, Citation, Hit, Sentence
from rag.web.passage import NOTHING, language_attributes, passage_html
from rag.web.protocol import Report
from rag.web.texts import TEXTS, Texts

SHOWN_HITS = 5
"""Passages listed under a refusal, or under the cited ones of an answer."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, or a sentence about what went wrong."""

    question: str
    answer: Answer | None = None
    problem: str = ""


def conversation_html(
    turns: Sequence[Turn],
    texts: Texts,
    *,
    titles: Mapping[str, str],
    examples: Sequence[tuple[str, str]],
    sentences: int | None = None,
) -> str:
    """The conversation so far; the welcome with ``examples`` (language, question) while empty.

    ``sentences`` limits the last answer to its first ones, while it is being set out; None shows
    it whole.
    """
    if not turns:
        return _welcome(texts, examples)
    last = len(turns) - 1
    shown = [
        _turn(number, turn, texts, titles, sentences if number == last else None)
        for number, turn in enumerate(turns)
    ]
    return f'<div class="turns">{"".join(shown)}</div>'


def evidence_html(
    turns: Sequence[Turn], texts: Texts, *, reports: Sequence[Report], titles: Mapping[str, str]
) -> str:
    """The passages behind each turn, those of the last one in view, and the list of reports."""
    answered = [(number, turn.answer) for number, turn in enumerate(turns) if turn.answer]
    heading = f'<h2 class="panel-title">{escape(texts.evidence)}</h2>'
    if not answered:
        empty = f'<p class="muted">{escape(texts.evidence_empty)}</p>'
        return heading + empty + _reports(reports, texts, opened=True)
    sections = "".join(
        _evidence_of(number, answer, texts, titles, visible=number == answered[-1][0])
        for number, answer in answered
    )
    return heading + sections + _reports(reports, texts, opened=False)


def _welcome(texts: Texts, examples: Sequence[tuple[str, str]]) -> str:
    buttons = "".join(
        f'<li><button type="button" class="example" data-example="{index}"'
        f"{language_attributes(language)}>{escape(question)}</button></li>"
        for index, (language, question) in enumerate(examples)
    )
    listed = (
        f'<h3 class="label">{escape(texts.examples)}</h3><ul class="examples">{buttons}</ul>'
        if examples
        else ""
    )
    return (
        f'<div class="welcome"><h2>{escape(texts.welcome)}</h2>'
        f'<p class="muted">{escape(texts.welcome_hint)}</p>{listed}</div>'
    )


def _turn(
    number: int, turn: Turn, texts: Texts, titles: Mapping[str, str], sentences: int | None
) -> str:
    language = turn.answer.language if turn.answer else ""
    question = (
        f'<div class="question"{language_attributes(language)}>'
        f'<span class="visually-hidden">{escape(texts.question)}: </span>'
        f"{escape(turn.question)}</div>"
    )
    body = ""
    if turn.problem:
        body = (
            f'<div class="problem"><strong>{escape(texts.failed)}</strong>'
            f'<p dir="auto">{escape(turn.problem)}</p></div>'
        )
    elif turn.answer:
        body = _answer(number, turn.answer, texts, titles, sentences)
    return f'<article class="turn" id="t{number}" data-turn="{number}">{question}{body}</article>'


def _answer(
    number: int, answer: Answer, texts: Texts, titles: Mapping[str, str], sentences: int | None
) -> str:
    attributes = language_attributes(answer.language)
    if answer.refused:
        return (
            f'<div class="answer refused"><strong class="label">{escape(texts.refused)}</strong>'
            f"<p{attributes}>{escape(answer.text)}</p></div>"
        )
    cited = {citation.id: citation for citation in answer.citations}
    shown = answer.sentences if sentences is None else answer.sentences[:sentences]
    body = " ".join(_sentence(number, sentence, cited, texts, titles) for sentence in shown)
    complete = len(shown) == len(answer.sentences)
    note = f'<p class="origin">{escape(_origin(answer, texts))}</p>' if complete else ""
    return f'<div class="answer"><p class="answer-text"{attributes}>{body}</p>{note}</div>'


def _sentence(
    number: int,
    sentence: Sentence,
    cited: Mapping[int, Citation],
    texts: Texts,
    titles: Mapping[str, str],
) -> str:
    marks = "".join(
        f'<button type="button" class="cite" data-card="t{number}-c{id_}" '
        f'aria-label="{escape(_citation_name(cited[id_], texts, titles))}">{id_}</button>'
        for id_ in sentence.citations
        if id_ in cited
    )
    return f'<span class="sentence">{escape(sentence.text)}{marks}</span>'


def _citation_name(citation: Citation, texts: Texts, titles: Mapping[str, str]) -> str:
    return texts.citation.format(
        id=citation.id,
        document=titles.get(citation.document) or citation.document,
        page=_page(citation.page, citation.page_label, texts),
    )


def _origin(answer: Answer, texts: Texts) -> str:
    kind, _, name = answer.generator.partition(":")
    made = texts.written_by.format(name=name or kind) if kind == "llm" else texts.quoted
    return f"{made} · {texts.notice}"


def _evidence_of(
    number: int, answer: Answer, texts: Texts, titles: Mapping[str, str], *, visible: bool
) -> str:
    hidden = "" if visible else " hidden"
    cards = "".join(
        _citation_card(number, citation, answer.hits, texts, titles)
        for citation in answer.citations
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
        f'<p class="asked"{language_attributes(answer.language)}>{escape(answer.query)}</p>'
        f"{body}</section>"
    )


def _holds(hit: Hit, citation: Citation) -> bool:
    chunk = hit.chunk
    return (
        chunk.document == citation.document
        and chunk.start <= citation.start
        and citation.end <= chunk.end
    )


def _citation_card(
    number: int, citation: Citation, hits: Sequence[Hit], texts: Texts, titles: Mapping[str, str]
) -> str:
    """A citation in the passage it was found in, or by itself where no passage holds it."""
    holder = next((hit.chunk for hit in hits if _holds(hit, citation)), None)
    if holder is None:
        passage = passage_html(citation.quote, (0, len(citation.quote)))
        language, section = citation.language, citation.section
    else:
        quote = (citation.start - holder.start, citation.end - holder.start)
        passage = passage_html(holder.text, quote, holder.header)
        language = holder.language or citation.language
        section = citation.section or holder.section
    page = _page(citation.page, citation.page_label, texts)
    reference = f"“{citation.quote}” — {citation.source}, {page}"
    return (
        f'<article class="card" id="t{number}-c{citation.id}" tabindex="-1" '
        f'aria-label="{escape(_citation_name(citation, texts, titles))}">'
        f'<header><span class="number" aria-hidden="true">{citation.id}</span>'
        f"{_source(citation.document, page, section, titles)}</header>"
        f'<div class="passage"{language_attributes(language)}>{passage}</div>'
        f'<footer><button type="button" class="quiet" data-copy="{escape(reference)}" '
        f'data-done="{escape(texts.copied)}">{escape(texts.copy)}</button>'
        f'<button type="button" class="quiet back" data-back="t{number}">{escape(texts.back)}'
        f"</button></footer></article>"
    )


def _hit_card(hit: Hit, texts: Texts, titles: Mapping[str, str]) -> str:
    chunk = hit.chunk
    page = _page(hit.page, hit.page_label, texts)
    passage = passage_html(chunk.text, NOTHING, chunk.header)
    return (
        f'<article class="card plain"><header>'
        f"{_source(chunk.document, page, chunk.section, titles)}</header>"
        f'<div class="passage"{language_attributes(chunk.language)}>{passage}</div></article>'
    )


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


def _page(number: int, label: str | None, texts: Texts) -> str:
    """The page's number, with the printed one where it differs."""
    if label is None or label == str(number):
        return texts.page.format(page=number)
    return texts.page_printed.format(page=number, label=label)


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
    return (
        f"<li><p{language_attributes(report.language)}>{escape(report.title or report.name)}</p>"
        f'<p class="place">{details}</p></li>'
    )
