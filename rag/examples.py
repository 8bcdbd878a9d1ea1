"""Questions to begin with: a corpus's own, or made from what its reports speak of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import TypeVar

from rag.documents.topics import KINDS, Topic, TopicKind, topics
from rag.errors import RagError
from rag.index import Index
from rag.locale import catalogue
from rag.schema import Answer, Document

Example = tuple[str, str]
"""A language and a question in it."""

FILE = "examples.json"
"""The file of a corpus that has its own: a list of objects with ``lang`` and ``query``."""

MOST = 6
"""Questions that are given."""

REPORTS = 12
"""Reports that questions are made of, those in the language asked for first."""

_ASKED = 24
_LONGEST = 160

T = TypeVar("T")
Question = tuple[str, str, Topic]


def own_examples(corpus: Path, language: str = "") -> tuple[Example, ...]:
    """The questions in the ``FILE`` of a folder of reports, those in ``language`` first.

    None where it has no such file.

    Raises RagError where the file is not such a list.
    """
    path = corpus / FILE
    if not path.is_file():
        return ()
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        found = [(str(entry["lang"]), str(entry["query"])) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RagError(f"{path} is no list of questions with `lang` and `query`.") from error
    return tuple(sorted(found, key=lambda example: example[0] != language))


def suggested(index: Index, language: str, ask: Callable[[str], Answer]) -> tuple[Example, ...]:
    """Up to ``MOST`` questions in ``language`` that ``ask`` answers from where they were made.

    They go from report to report; of each, definitions, rows of tables and sections take turns.
    """
    texts = catalogue(language).examples
    wording: Mapping[TopicKind, str] = {
        "definition": texts.definition,
        "row": texts.row,
        "section": texts.section,
    }
    infos = sorted(index.documents(), key=lambda info: info.language != language)[:REPORTS]
    made = (_questions(index.document(info.name), n, wording) for n, info in enumerate(infos))
    found: list[Example] = []
    for asked, (question, document, topic) in enumerate(_in_turn(list(made))):
        if asked == _ASKED or len(found) == MOST:
            break
        if _answers(ask(question), document, topic):
            found.append((language, question))
    return tuple(found)


def _questions(
    document: Document, number: int, wording: Mapping[TopicKind, str]
) -> Iterator[Question]:
    """The questions on a report with its name and what each is about; kinds take turns."""
    first = number % len(KINDS)
    spoken = topics(document.reading)
    by_kind = [
        [topic for topic in spoken if topic.kind == kind]
        for kind in (*KINDS[first:], *KINDS[:first])
    ]
    report = " ".join((document.reading.facts.title or document.name).split())
    for topic in _in_turn(by_kind):
        question = wording[topic.kind].format(report=report, subject=topic.subject)
        if len(question) <= _LONGEST:
            yield question, document.name, topic


def _in_turn(lists: Sequence[Iterable[T]]) -> Iterator[T]:
    """The first of each, then the second of each, and so on."""
    return (one for one in chain.from_iterable(zip_longest(*lists)) if one is not None)


def _answers(answer: Answer, document: str, topic: Topic) -> bool:
    """Whether it is an answer without doubts that quotes what the question was made of."""
    return not (answer.refused or answer.notice) and any(
        citation.document == document and citation.start < topic.end and topic.start < citation.end
        for citation in answer.citations
    )
