"""Questions in words with what answers them, whatever they are about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """A sentence, line or row of ``document`` and the answer as it has it.

    The quote is as the reader of Markdown has it: cells of a row have tabs between them.
    """

    document: str
    quote: str
    answer: str


@dataclass(frozen=True)
class Posed:
    """A question in words; ``case`` says whether it is answered, or how near the documents come.

    ``evidence`` is every place that states what is asked, in whichever language: none where no
    document does.
    """

    id: str
    text: str
    language: str
    case: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Document:
    """A document in one language: ``text`` is Markdown, ``name`` its file's without ``.md``."""

    name: str
    language: str
    text: str
