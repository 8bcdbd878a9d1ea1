"""What people say a report is, over what its reader found: pure functions of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from rag.schema import Document, Facts

READER = "reader"
"""The origin of what nobody corrected."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The facts of one report that people stated.

    ``values`` has some of the keys ``title``, ``issuer``, ``kind``, ``date`` and ``language``; an
    empty value says that the report has no such thing. ``origins`` names for each key the file of
    the corpus that states it.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AsRead:
    """What the reader and the detection of languages made of a report."""

    facts: Facts = field(default_factory=Facts)
    language: str = ""

    @classmethod
    def of(cls, document: Document) -> AsRead:
        """What was found of a document that nothing has been corrected in yet."""
        return cls(document.reading.facts, document.language)


def corrected(document: Document, correction: Correction) -> Document:
    """``document`` as read, with what ``correction`` says instead of what was found."""
    values = dict(correction.values)
    language = values.pop("language", document.language)
    return _with(document, AsRead(replace(document.reading.facts, **values), language))


def as_read(document: Document, found: AsRead) -> Document:
    """``document`` as it was before it was corrected."""
    return _with(document, found)


def origins(correction: Correction) -> dict[str, str]:
    """For every fact where it is from: ``READER`` or the file that states it."""
    keys = [*asdict(Facts()), "language"]
    return {key: correction.origins.get(key, READER) for key in keys}


def _with(document: Document, held: AsRead) -> Document:
    if held == AsRead.of(document):
        return document
    reading = replace(document.reading, facts=held.facts)
    return replace(document, reading=reading, language=held.language)
