"""The conversation as HTML: pure functions from values to fragments of the page.

Text of questions and reports enters the page only through ``html.escape``. A turn's number and a
citation's number name it: the button with ``data-cite="t0-c1"`` opens the evidence of that name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from rag.schema import Answer, Citation, Sentence
from rag.web.passage import language_attributes
from rag.web.texts import Texts
from rag.web.wording import citation_name, interface_attributes


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, or a sentence about what went wrong.

    ``draft`` is what has been written and checked of an answer that is not there yet.
    """

    question: str
    answer: Answer | None = None
    problem: str = ""
    draft: str = ""


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
        f"<p{language_attributes(language)}>{escape(turn.question)}</p></div>"
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
        complete = sentences is None or sentences >= len(turn.answer.sentences)
        body += _dossier_button(number, texts) if dossiers and complete else ""
    return f'<article class="turn" id="t{number}" data-turn="{number}">{question}{body}</article>'


def _dossier_button(number: int, texts: Texts) -> str:
    return (
        f'<p class="tools"><button type="button" class="quiet" data-dossier="{number}">'
        f"{escape(texts.dossier)}</button></p>"
    )


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
        f'<button type="button" class="cite" data-cite="t{number}-c{id_}" '
        f'aria-label="{escape(citation_name(cited[id_], texts, titles))}">{id_}</button>'
        for id_ in sentence.citations
        if id_ in cited
    )
    if not sentence.unverified:
        return f'<span class="sentence">{escape(sentence.text)}{marks}</span>'
    warning = f'<strong class="unverified-mark">{escape(texts.unverified)}</strong>'
    return f'<span class="sentence unverified">{escape(sentence.text)} {warning}{marks}</span>'


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
