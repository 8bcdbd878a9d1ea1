"""Which row and columns of a table a place in it belongs to.

Every reader writes a table alike: a row a line, a tab between cells, and what stands over several
columns at the first of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.schema import Table

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CellPlace:
    """A cell at ``text[start:end]``: the label of its row and the headers over its column.

    ``headers`` are from the outermost to the nearest; ``stub`` is what heads the column of labels,
    often the unit. All are as they stand in the text, and empty where the table has none. A cell of
    the first column is its row's label.
    """

    start: int
    end: int
    row_label: str
    headers: tuple[str, ...]
    stub: tuple[str, ...]
    column: int


def cell_at(text: str, table: Table, offset: int) -> CellPlace | None:
    """The cell of ``table`` that has the character at ``offset``; None on a tab or line end.

    None also for places outside the table. A header over several columns heads those up to the next
    header in its row; in the last header row each heads its own column. Where a table goes on from
    an earlier page without its header, that of the earlier page counts.
    """
    if not table.start <= offset < table.end or text[offset] in "\t\n":
        return None
    start = max(text.rfind("\n", table.start, offset) + 1, table.start)
    end = text.find("\n", offset, table.end)
    cells = _cells(text, start, table.end if end < 0 else end)
    column = next(i for i, (first, last) in enumerate(cells) if first <= offset < last)
    first, last = cells[column]
    header = _header_rows(text, table)
    rows = [(row, row is header[-1]) for row in header if row[0][0] < start]
    return CellPlace(
        start=first,
        end=last,
        row_label=text[cells[0][0] : cells[0][1]],
        headers=_over(text, rows, column),
        stub=_over(text, rows, 0) if column else (),
        column=column,
    )


def _cells(text: str, start: int, end: int) -> list[Span]:
    """The cells of the row at ``text[start:end]``, empty ones too."""
    spans: list[Span] = []
    for cell in text[start:end].split("\t"):
        spans.append((start, start + len(cell)))
        start += len(cell) + 1
    return spans


def _header_rows(text: str, table: Table) -> list[list[Span]]:
    start, end = table.header
    rows: list[list[Span]] = []
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        rows.append(_cells(text, start, stop))
        start = stop + 1
    return rows


def _over(text: str, rows: list[tuple[list[Span], bool]], column: int) -> tuple[str, ...]:
    """What header rows, each with whether it is the last, say over a column, from the top."""
    found: list[str] = []
    for row, last in rows:
        # A line ends with its last filled cell; what is there may head all columns behind it.
        own = row[column : column + 1]
        if column and not last:
            own = row[min(column, len(row) - 1) : 0 : -1]
        said = next((text[a:b] for a, b in own if text[a:b].strip()), "")
        if said:
            found.append(said)
    return tuple(found)
