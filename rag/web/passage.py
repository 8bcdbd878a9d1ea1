"""A passage of a report for showing: its text as text, its table rows as a table, quotes marked.

Nothing here is HTML: templates set it out, and whatever a report says is escaped there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple


class Quote(NamedTuple):
    """The half-open range of a passage's characters that the citation called ``id`` quotes."""

    start: int
    end: int
    id: str


class Piece(NamedTuple):
    """Characters of a passage; ``names`` are the ids of the quotes they belong to, or empty."""

    text: str
    names: str


Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Running text, or the rows of a table, each a cell's pieces, under a ``header`` if any."""

    prose: Pieces = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Pieces, ...], ...] = ()


def passage_blocks(text: str, quotes: Sequence[Quote] = (), header: str = "") -> tuple[Block, ...]:
    """``text`` with its ``quotes`` marked, as blocks.

    Consecutive lines with tabs become rows of a table; ``header`` is the header row of a table
    whose rows come first in the text. Every other line keeps its breaks. All characters but the
    tabs and the line breaks around table rows are kept, in order. A piece names the quotes it
    belongs to; one quote has several pieces where it spans cells or paragraphs.
    """
    blocks = [list(block) for _, block in groupby(_lines(text), key=lambda line: "\t" in line[1])]
    made = []
    for number, block in enumerate(blocks):
        start = block[0][0]
        lines = [line for _, line in block]
        if "\t" in lines[0]:
            made.append(_table(lines, start, quotes, header if number == 0 else ""))
        elif any(lines):
            made.append(_prose("\n".join(lines), start, quotes))
    return tuple(made)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line and the offset it starts at."""
    offset = 0
    for line in text.split("\n"):
        yield offset, line
        offset += len(line) + 1


def _prose(text: str, start: int, quotes: Sequence[Quote]) -> Block:
    """Running text; blank lines at its ends are left to the spacing between blocks."""
    body = text.strip("\n")
    return Block(prose=_marked(body, start + text.index(body), quotes))


def _table(lines: list[str], start: int, quotes: Sequence[Quote], header: str) -> Block:
    rows = []
    offset = start
    for line in lines:
        cells = []
        for cell in line.split("\t"):
            cells.append(_marked(cell, offset, quotes))
            offset += len(cell) + 1
        rows.append(tuple(cells))
    return Block(header=tuple(header.split("\t")) if header else (), rows=tuple(rows))


def _marked(text: str, start: int, quotes: Sequence[Quote]) -> Pieces:
    """``text``, which begins at offset ``start``, cut where ``quotes`` begin and end."""
    edges = (edge - start for quote in quotes for edge in (quote.start, quote.end))
    cuts = sorted({0, len(text), *(edge for edge in edges if 0 < edge < len(text))})
    return tuple(
        Piece(
            text[begin:end],
            " ".join(
                quote.id
                for quote in quotes
                if quote.start <= start + begin and start + end <= quote.end
            ),
        )
        for begin, end in pairwise(cuts)
    )
