"""What an index says of itself and of its documents, whichever engine keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.schema import Document, Facts


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a generation holds; ``dimension`` is that of its vectors."""

    documents: int
    pages: int
    chunks: int
    dimension: int


@dataclass(frozen=True, slots=True)
class File:
    """A file of a generation: its size in bytes and the SHA-256 of its content.

    ``modified`` is the time, in nanoseconds, at which it was written; 0 where that is not known.
    """

    size: int
    sha256: str
    modified: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made from and of. ``created`` is UTC, ``files`` by relative path."""

    generation: str
    created: str
    corpus: str
    fingerprints: Mapping[str, str]
    counts: Counts
    files: Mapping[str, File]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not in the index, and why: ``reason`` completes "it …" or is a sentence."""

    source: str
    reason: str


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
class DetectedFacts:
    """What the reader and the detection of languages made of a report."""

    facts: Facts = field(default_factory=Facts)
    language: str = ""

    @classmethod
    def of(cls, document: Document) -> DetectedFacts:
        """What was found of a document that nothing has been corrected in yet."""
        return cls(document.reading.facts, document.language)


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document without its text. Its chunks are ``chunks`` rows from ``first_row`` on.

    ``facts`` and ``language`` are what holds: ``found``, where ``correction`` says nothing else.
    ``spoken`` are the languages of its chunks, sorted.
    """

    name: str
    source: str
    sha256: str
    language: str
    pages: int
    characters: int
    first_row: int
    chunks: int
    facts: Facts
    notes: tuple[str, ...]
    found: DetectedFacts = field(default_factory=DetectedFacts)
    correction: Correction = field(default_factory=Correction)
    spoken: tuple[str, ...] = ()
