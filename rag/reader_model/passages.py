"""A passage as the reader model gets it: a heading line, and text with its rows set out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.documents.chunking import context_of
from rag.reader_model.inputs import Linear, TableRows, linearise
from rag.schema import Chunk, Document, Table

_MOST_HEAD_ROWS = 3


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
        head, body = _head(document.text, table)
        start, end = max(body, chunk.start), min(table.end, chunk.end)
        if start < end and table.start < chunk.end:
            yield TableRows(start - chunk.start, end - chunk.start, head)


def _head(text: str, table: Table) -> tuple[tuple[tuple[str, ...], ...], int]:
    """The cells of the head rows and where the body begins.

    Rows without a label at the top of the body go on with the head: formats whose tables have one
    head row alone write the others so.
    """
    first, last = table.header
    lines = text[first:last].strip("\n").split("\n") if first < last else []
    body = max(table.start, table.header_end)
    for _ in range(_MOST_HEAD_ROWS if lines else 0):
        body += text[body : body + 1] == "\n"
        end = text.find("\n", body, table.end)
        line = text[body:end] if end >= 0 else ""
        if "\t" not in line or line.split("\t")[0].strip() or not line.strip():
            break
        lines.append(line)
        body = end + 1
    return tuple(tuple(line.split("\t")) for line in lines), body
