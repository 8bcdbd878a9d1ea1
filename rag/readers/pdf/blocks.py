"""Rows of a page to paragraphs and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from rag.readers.pdf.joining import Words, is_wide, joined, joined_lines
from rag.readers.pdf.lines import Line
from rag.readers.pdf.paragraphs import Paragraph, paragraphs_of
from rag.readers.pdf.rows import PageLayout, Row
from rag.readers.pdf.tables import Cell, Cells, cells_of, columns, grid, header_rows, names_columns

_MOST_LABELS = 8
_MOST_HEADS = 4
_TALL = 4
_SENTENCE = 40
# So many sizes below a row, nothing belongs to its table.
_FAR = 8.0


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of cells' texts, each row with a place for every column."""

    rows: tuple[tuple[str, ...], ...]
    header_rows: int


Block = Paragraph | Grid


def blocks_of(page: PageLayout, words: Words) -> list[Block]:
    """The paragraphs and tables of a page in reading order."""
    edges = _body_edges(page)
    blocks: list[Block] = []
    rows = list(page.rows)
    position = 0
    while position < len(rows):
        end = _table_end(rows, position, 0.6 * page.width)
        if end > position:
            head = _head_above(rows, position, end, blocks)
            blocks.append(_grid([*head, *rows[position:end]], page.right, words))
            position = end
            continue
        row = rows[position]
        if len(row.cells) == 1 or _is_columns(row):
            for cell in row.cells:
                blocks.extend(paragraphs_of(cell, page, edges))
        else:
            blocks.append(_one_row(row, page.right, words))
        position += 1
    return blocks


def _body_edges(page: PageLayout) -> float:
    """The width of the text body: the widest prose line in the type that most is set in."""
    lines = [line for row in page.rows if len(row.cells) == 1 for line in row.lines]
    letters = Counter[float]()
    for line in lines:
        letters[round(line.size, 1)] += len(line.text)
    size = max(letters, key=lambda s: letters[s], default=0.0)
    widths = (line.x1 - line.x0 for line in lines if round(line.size, 1) == size)
    return max(widths, default=page.width)


def _is_columns(row: Row) -> bool:
    """Whether cells that stand side by side, in no table, are columns of prose."""
    letters = [len(line.text) * (1 + is_wide(line.text)) for line in row.lines]
    tall = max(len(cell) for cell in row.cells) >= _TALL
    return tall and all(len(cell) > 1 for cell in row.cells) and sum(letters) > 25 * len(letters)


def _table_end(rows: Sequence[Row], start: int, widest: float) -> int:
    """Where the table that begins at this row ends; ``start`` if none begins here.

    ``widest`` is how wide a line may be that stands alone between rows of cells.
    """
    if len(rows[start].cells) < 2:
        return start
    end = start + 1
    many = 1
    position = end
    while position < len(rows):
        row = rows[position]
        drop = _drop(rows[position - 1], row)
        if drop > _FAR:
            break
        if len(row.cells) > 1:
            end = position + 1
            many += 1
        elif position - end >= _MOST_LABELS or not _is_label(row, drop, widest):
            break
        position += 1
    return end if many > 1 else start


def _drop(above: Row, row: Row) -> float:
    """How far a row is below another, in sizes of its type."""
    first = row.lines[0]
    return (min(line.y for line in above.lines) - first.y) / first.size


def _is_label(row: Row, drop: float, widest: float) -> bool:
    """Whether a row of one cell may stand within a table: short lines, no prose.

    A long line far below the row above introduces the next table.
    """
    lines = row.lines
    if len(lines) > 6 or any(line.x1 - line.x0 > widest for line in lines):
        return False
    if drop > 2.5 and len(lines[0].text) > _SENTENCE:
        return False
    return len(lines) < 3 or not lines[-1].text.rstrip().endswith((".", "。"))


def _head_above(rows: Sequence[Row], start: int, end: int, blocks: list[Block]) -> list[Row]:
    """Takes back the lone lines just above that name columns or state the unit."""
    table = [row for row in rows[start:end] if len(row.cells) > 1]
    bands = columns([cells_of(row, [""] * len(row.cells)) or _spans(row) for row in table])
    head: list[Row] = []
    while start > 0 and len(bands) > 1 and len(head) < _MOST_HEADS:
        lines = rows[start - 1].lines if len(rows[start - 1].cells) == 1 else ()
        names = list(takewhile(lambda line: names_columns(line, bands), lines[::-1]))[::-1]
        if not 0 < len(names) <= _MOST_HEADS or not _taken_back(blocks, names):
            break
        head.insert(0, Row((tuple(names),)))
        start -= 1
        if len(names) < len(lines):
            break
    return head


def _taken_back(blocks: list[Block], lines: list[Line]) -> bool:
    """Removes the last lines of the blocks if whole paragraphs hold just these."""
    count = 0
    held: list[Line] = []
    while len(held) < len(lines):
        block = blocks[-1 - count] if count < len(blocks) else None
        if not isinstance(block, Paragraph):
            return False
        held[:0] = block.lines
        count += 1
    if held != lines:
        return False
    del blocks[-count:]
    return True


def _spans(row: Row) -> Cells:
    return cells_of(row, ["x"] * len(row.cells))


def _grid(rows: Sequence[Row], right: bool, words: Words) -> Grid:
    made: list[Cells] = []
    for row in rows:
        if len(row.cells) > 1:
            cells = cells_of(row, [joined_lines(cell, words) for cell in row.cells])
            made = _label_continued(made, cells, words)
        else:
            made.extend(
                cells_of(Row((tuple(label),)), [joined_lines(label, words)])
                for label in _labels(row.lines)
            )
    lines = grid(made, right)
    return Grid(tuple(tuple(line) for line in lines), header_rows(lines))


def _label_continued(made: list[Cells], cells: Cells, words: Words) -> list[Cells]:
    """Adds a row; a lone label above it that its first cell continues becomes part of it."""
    above = made[-1] if made else []
    if len(above) == 1 and cells and cells[0].text[:1].islower() and above[0].x0 < cells[0].x1:
        text = joined(above[0].text, cells[0].text, words)
        first = Cell(text, min(above[0].x0, cells[0].x0), cells[0].x1)
        return [*made[:-1], [first, *cells[1:]]]
    return [*made, cells]


def _labels(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines within a table, those that begin in lower case with the line they continue."""
    label: list[Line] = []
    for line in lines:
        if label and not line.text.lstrip()[:1].islower():
            yield label
            label = []
        label.append(line)
    if label:
        yield label


def _one_row(row: Row, right: bool, words: Words) -> Grid:
    cells = cells_of(row, [joined_lines(cell, words) for cell in row.cells])
    return Grid((tuple(cell.text for cell in cells),), 0)
