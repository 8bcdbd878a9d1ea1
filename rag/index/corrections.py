"""What people say a report is, over what its reader found: pure functions of values."""

from __future__ import annotations

from dataclasses import asdict, replace

from rag.retrieval.catalogue import Correction, DetectedFacts
from rag.schema import Document, Facts

READER = "reader"
"""The origin of what nobody corrected."""


def corrected(document: Document, correction: Correction) -> Document:
    """``document`` as read, with what ``correction`` says instead of what was found."""
    values = dict(correction.values)
    language = values.pop("language", document.language)
    return _with(document, DetectedFacts(replace(document.reading.facts, **values), language))


def as_read(document: Document, found: DetectedFacts) -> Document:
    """``document`` as it was before it was corrected."""
    return _with(document, found)


def origins(correction: Correction) -> dict[str, str]:
    """For every fact where it is from: ``READER`` or the file that states it."""
    keys = [*asdict(Facts()), "language"]
    return {key: correction.origins.get(key, READER) for key in keys}


def _with(document: Document, held: DetectedFacts) -> Document:
    if held == DetectedFacts.of(document):
        return document
    reading = replace(document.reading, facts=held.facts)
    return replace(document, reading=reading, language=held.language)
