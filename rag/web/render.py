"""The conversation as HTML: pure functions from values to fragments of the page.

Text of questions and reports enters the page only through ``html.escape``. A turn's number and a
citation's number name it: the button with ``data-cite="t0-c1"`` opens the evidence of that name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

from rag.retrieval.retriever import Filters
from rag.schema import Answer, Citation, Sentence
from rag.web.filter_texts import filter_texts
from rag.web.filtering import question_address
from rag.web.filters_html import limits_html
from rag.web.frame_texts import frame_texts
from rag.web.page_view import checksum
from rag.web.passage import language_attributes
from rag.web.texts import Texts
from rag.web.wording import citation_name, interface_attributes


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


def conversation_html(
    turns: Sequence[Turn],
    texts: Texts,
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
    if not turns:
        return _welcome(texts, examples)
    last = len(turns) - 1
    shown = [
        _turn(number, turn, texts, titles, sentences if number == last else None, dossiers=dossiers)
        for number, turn in enumerate(turns)
    ]
    return (
        f'<div class="turns" role="region" aria-label="{escape(texts.conversation)}"'
        f"{interface_attributes(texts)}>{''.join(shown)}</div>"
    )


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
        f'<div class="welcome"{interface_attributes(texts)}><h2>{escape(texts.welcome)}</h2>'
        f'<p class="muted">{escape(texts.welcome_hint)}</p>{listed}</div>'
    )


def _turn(
    number: int,
    turn: Turn,
    texts: Texts,
    titles: Mapping[str, str],
    sentences: int | None,
    *,
    dossiers: bool,
) -> str:
    language = turn.answer.language if turn.answer else ""
    question = (
        f'<div class="question"><span class="visually-hidden">{escape(texts.question)}: </span>'
        f"<p{language_attributes(language)}>{escape(turn.question)}</p>"
        f"{limits_html(turn.filters, titles, texts)}</div>"
    )
    body = ""
    if turn.problem:
        body = (
            f'<div class="problem"><strong>{escape(texts.failed)}</strong>'
            f'<p dir="auto">{escape(turn.problem)}</p></div>'
        )
    elif turn.draft and not turn.answer:
        body = (
            '<div class="answer" aria-busy="true"><p class="answer-text" dir="auto">'
            f"{escape(turn.draft)}</p></div>"
        )
    elif turn.answer:
        body = _searched(turn.answer, texts) + _answer(
            number, turn.answer, texts, titles, sentences
        )
        if turn.answer.refused and turn.filters != Filters():
            body += _filtered(number, texts)
        complete = sentences is None or sentences >= len(turn.answer.sentences)
        body += _tools(number, turn, turn.answer, texts, dossiers=dossiers) if complete else ""
    return f'<article class="turn" id="t{number}" data-turn="{number}">{question}{body}</article>'


def _filtered(number: int, texts: Texts) -> str:
    own = filter_texts(texts.language)
    return (
        f'<p class="filtered">{escape(own.refused)} <button type="button" class="quiet" '
        f'data-unfiltered="{number}">{escape(own.ask_all)}</button></p>'
    )


def _tools(number: int, turn: Turn, answer: Answer, texts: Texts, *, dossiers: bool) -> str:
    # A follow-up says little by itself: its link asks what it was completed to.
    address = question_address(answer.searched or turn.question, turn.filters)
    link = (
        f'<button type="button" class="quiet" data-link="{escape(address)}" '
        f'data-done="{escape(texts.copied)}">{escape(frame_texts(texts.language).copy_link)}'
        f"</button>"
    )
    dossier = (
        f'<button type="button" class="quiet" data-dossier="{number}">'
        f"{escape(texts.dossier)}</button>"
        if dossiers
        else ""
    )
    return f'<p class="tools">{link}{dossier}</p>'


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
    body = "".join(
        _paragraph(number, list(group), cited, texts, titles)
        for _, group in groupby(shown, key=lambda sentence: _source(sentence, cited))
    )
    complete = len(shown) == len(answer.sentences)
    note = f'<p class="origin">{escape(_origin(answer, texts))}</p>' if complete else ""
    return f'<div class="answer">{_notice(answer)}{body}{note}</div>'


def _searched(answer: Answer, texts: Texts) -> str:
    if not answer.searched:
        return ""
    return (
        f'<p class="origin">{escape(texts.searched)} '
        f"<bdi{language_attributes(answer.language)}>{escape(answer.searched)}</bdi></p>"
    )


def _notice(answer: Answer) -> str:
    if not answer.notice:
        return ""
    return f'<p class="notice"{language_attributes(answer.language)}>{escape(answer.notice)}</p>'


def _source(sentence: Sentence, cited: Mapping[int, Citation]) -> tuple[str, str]:
    """Where a sentence is from: sentences of one report and language run on, others stand apart."""
    first = next((cited[id_] for id_ in sentence.citations if id_ in cited), None)
    return (first.document, first.language) if first else ("", "")


def _paragraph(
    number: int,
    sentences: Sequence[Sentence],
    cited: Mapping[int, Citation],
    texts: Texts,
    titles: Mapping[str, str],
) -> str:
    _, language = _source(sentences[0], cited)
    body = " ".join(_sentence(number, sentence, cited, texts, titles) for sentence in sentences)
    return f'<p class="answer-text"{language_attributes(language)}>{body}</p>'


def _sentence(
    number: int,
    sentence: Sentence,
    cited: Mapping[int, Citation],
    texts: Texts,
    titles: Mapping[str, str],
) -> str:
    marks = "".join(
        f'<button type="button" class="cite" data-cite="t{number}-c{id_}"'
        f"{place_attributes(cited[id_])} "
        f'aria-label="{escape(citation_name(cited[id_], texts, titles))}">{id_}</button>'
        for id_ in sentence.citations
        if id_ in cited
    )
    if not sentence.unverified:
        return f'<span class="sentence">{escape(sentence.text)}{marks}</span>'
    warning = f'<strong class="unverified-mark">{escape(texts.unverified)}</strong>'
    return f'<span class="sentence unverified">{escape(sentence.text)} {warning}{marks}</span>'


def place_attributes(citation: Citation) -> str:
    """Where a citation's page is to be asked for, as attributes with a space before them."""
    return (
        f' data-document="{escape(citation.document)}" data-start="{citation.start}"'
        f' data-end="{citation.end}" data-check="{checksum(citation.quote)}"'
    )


def _origin(answer: Answer, texts: Texts) -> str:
    kind, _, name = answer.generator.partition(":")
    made = texts.written_by.format(name=name or kind) if kind == "llm" else texts.quoted
    checks = answer.checks if kind == "llm" else None
    checked = (
        texts.checked.format(kept=checks.kept, marked=checks.marked, removed=checks.removed)
        if checks
        else ""
    )
    return " · ".join(filter(None, [made, checked, texts.notice]))
