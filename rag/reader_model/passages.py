"""A passage of a report as the reader model gets it: its heading line and its text, rows written out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.documents.chunking import context_of
from rag.reader_model.inputs import Linear, TableRows, linearise
from rag.schema import Chunk, Document, Table


@dataclass(frozen=True, slots=True)
class ReaderPassage:
    """``linear.places`` are offsets in the chunk's text; ``heading`` says what it belongs to."""

    heading: str
    linear: Linear


def reader_passage(document: Document, chunk: Chunk) -> ReaderPassage:
    """``chunk`` of ``document`` made ready to be read."""
    rows = list(_rows_of(document, chunk))
    return ReaderPassage(context_of(document, chunk), linearise(chunk.text, rows))


def _rows_of(document: Document, chunk: Chunk) -> Iterator[TableRows]:
    """The body rows of the document's tables that lie in the chunk, at places in the chunk."""
    for table in document.reading.tables:
        start = max(table.start, table.header_end, chunk.start)
        end = min(table.end, chunk.end)
        if start < end:
            # Only whole lines are rows; a chunk may begin in one that was too long.
            yield TableRows(start - chunk.start, end - chunk.start, _head(document.text, table))


def _head(text: str, table: Table) -> tuple[tuple[str, ...], ...]:
    first, last = table.header
    lines = text[first:last].strip("\n").split("\n") if first < last else []
    return tuple(tuple(line.split("\t")) for line in lines)
