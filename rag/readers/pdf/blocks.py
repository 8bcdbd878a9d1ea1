"""Rows of a page to paragraphs and tables."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.readers.pdf.joining import Words, joined, joined_lines
from rag.readers.pdf.lines import Line
from rag.readers.pdf.rows import PageLayout, Row
from rag.readers.pdf.tables import Cell, Cells, cells_of, columns, grid, header_rows, names_columns

_BULLET = re.compile(
    r"\s*(?:[•●○◦▪■□◆◇‣⁃∙·★※þ¨☐☒☑✓➢]\s*\S|[-–—*]\s+\S|o\s+[A-Z]"
    r"|[(（]?(?:[0-9]{1,3}|[a-zA-Z]|[ivx]{1,5}|[一二三四五六七八九十]{1,3})[)）]\s*\S"
    r"|[0-9]{1,2}(?:\.[0-9]{1,2}){0,4}[.．、]\s*\D|[一二三四五六七八九十壹貳參肆伍陸柒捌玖拾]{1,3}[、．]"
    r"|[①-⑳⑴-⒇]|第[0-9一二三四五六七八九十百]{1,5}[條条章節节]|[¹²³⁰⁴-⁹]{1,3}\s*\S)"
)
_MOST_LABELS = 8
_WIDE = re.compile("[\u2e80-\uffef]")
# What may not begin a line goes with the character before it.
_FIRST_WIDE = re.compile("[「『（《〈【]*.[、。，．：；？！」』）》〉】,.:;?!)]*")
# An end from which a line that begins in lower case goes on.
_OPEN_END = re.compile(r"[^\W_][,，、،\-\u2010\xad]?$")
_FIRST_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that make one paragraph. ``apart`` says that white space sets it off from above."""

    lines: tuple[Line, ...]
    apart: bool

    @property
    def size(self) -> float:
        """The height of the largest type in it."""
        return max(line.size for line in self.lines)

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(line.bold for line in self.lines)


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
            start = _header_start(rows, position, end, blocks)
            blocks.append(_grid(rows[start:end], page.right, words))
            position = end
            continue
        row = rows[position]
        if len(row.cells) == 1:
            blocks.extend(_paragraphs(row.cells[0], page, edges))
        else:
            blocks.append(_one_row(row, page.right, words))
        position += 1
    return blocks


def _body_edges(page: PageLayout) -> float:
    """The width of the text body: the widest prose line of the page."""
    widths = [line.x1 - line.x0 for row in page.rows if len(row.cells) == 1 for line in row.lines]
    return max(widths, default=page.width)


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
        if len(row.cells) > 1:
            end = position + 1
            many += 1
        elif not _is_label(row, widest) or position - end >= _MOST_LABELS:
            break
        position += 1
    return end if many > 1 else start


def _is_label(row: Row, widest: float) -> bool:
    """Whether a row of one cell may stand within a table: short lines, no prose."""
    lines = row.lines
    if len(lines) > 6 or any(line.x1 - line.x0 > widest for line in lines):
        return False
    return len(lines) < 3 or not lines[-1].text.rstrip().endswith((".", "。"))


def _header_start(rows: Sequence[Row], start: int, end: int, blocks: list[Block]) -> int:
    """Takes back the lone lines just above that name columns or state the unit."""
    table = [row for row in rows[start:end] if len(row.cells) > 1]
    bands = columns([cells_of(row, [""] * len(row.cells)) or _spans(row) for row in table])
    if not bands:
        return start
    while start > 0 and blocks and isinstance(blocks[-1], Paragraph):
        row = rows[start - 1]
        last = blocks[-1]
        if len(row.lines) != 1 or last.lines != row.lines:
            break
        if not names_columns(row.lines[0], bands[0][1]):
            break
        blocks.pop()
        start -= 1
    return start


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


def _paragraphs(lines: Sequence[Line], page: PageLayout, body: float) -> Iterator[Paragraph]:
    """Splits lines that follow one another downward into paragraphs."""
    drops = [a.y - b.y for a, b in pairwise(lines)]
    usual = page.leading * max((line.size for line in lines), default=0.0)
    leading = statistics.median(drops) if len(drops) > 3 else usual
    right = page.right
    edge = max((_end(line, right) for line in lines), default=0.0)
    paragraph: list[Line] = []
    apart = True
    for line in lines:
        if paragraph:
            previous = paragraph[-1]
            gap = previous.y - line.y > max(1.25 * leading, 1.1 * line.size)
            styled = abs(line.size - previous.size) > 0.08 * line.size or line.bold != previous.bold
            if gap or styled or _starts_anew(paragraph, line, right, edge, body):
                yield Paragraph(tuple(paragraph), apart)
                paragraph = []
                apart = gap or styled
        paragraph.append(line)
    if paragraph:
        yield Paragraph(tuple(paragraph), apart)


def goes_on(end: str, start: str) -> bool:
    """Whether the text of one page's end may go on in the text of the next page's start.

    Latin text goes on in lower case; most other scripts have none, so that the end alone tells.
    """
    end, start = end.rstrip(), start.lstrip()
    if not end or not start or _BULLET.match(start):
        return False
    return _OPEN_END.search(end) is not None and (start[0].islower() or start[0] >= "\u0590")


def _start(line: Line, right: bool) -> float:
    return -line.x1 if right else line.x0


def _end(line: Line, right: bool) -> float:
    return -line.x0 if right else line.x1


def _starts_anew(
    paragraph: Sequence[Line], line: Line, right: bool, edge: float, body: float
) -> bool:
    """Whether a line begins a paragraph, though no white space says so."""
    previous = paragraph[-1]
    if _BULLET.match(line.text):
        return True
    if line.text.lstrip()[:1].islower() and _OPEN_END.search(previous.text.rstrip()):
        return False
    # A line that had room for the next word was ended on purpose.
    width = line.x1 - line.x0
    wide = bool(_WIDE.match(line.text))
    word = (_FIRST_WIDE if wide else _FIRST_WORD).match(line.text.strip())
    length = len(word.group()) if word else 1
    first = width * min(length / max(len(line.text), 1), 1.0)
    if _end(previous, right) + first + 0.8 * line.size < edge:
        return True
    narrow = previous.x1 - previous.x0 < 0.55 * body
    if narrow and not line.text.lstrip()[:1].islower() and not wide and len(paragraph) == 1:
        return not previous.text.rstrip().endswith((",", "-", "–"))
    indent = _start(line, right) - _start(previous, right)
    hanging = _BULLET.match(paragraph[0].text) is not None
    return not hanging and len(paragraph) > 1 and 0.8 * line.size < indent < 5 * line.size
