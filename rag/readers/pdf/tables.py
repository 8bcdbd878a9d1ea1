"""Rows of cells to tables: columns found from where the cells stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.readers.pdf.lines import Line
from rag.readers.pdf.rows import Row

_SIGN = re.compile(r"(?:[$€£¥₩₹]|US\$|HK\$|NT\$)")
_TRAILING_SIGN = re.compile(r"(.*\S)\s+([$€£¥₩₹])")
_CLOSER = re.compile(r"[)%]+\s*")
_DATA = re.compile(r"[($€£¥\-–—]*\s*[0-9][0-9,.]*\s*[)%]*|[-–—]+\s*%?|N/?[AM]", re.IGNORECASE)
_YEAR = re.compile(r"(?:FY|Q[1-4]|fiscal)?\s*(?:19|20)[0-9]{2}\s*(?:年.*)?", re.IGNORECASE)
_UNIT = re.compile(
    r"\(?(?:[\w$]+ ){0,3}in (?:millions|thousands|billions)|[（(]?單位|[（(]?单位", re.I
)
_MAX_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text on one line and the stretch of the page's width that it takes."""

    text: str
    x0: float
    x1: float


Cells = list[Cell]


def cells_of(row: Row, joined: Sequence[str]) -> Cells:
    """The cells of a row, ``joined`` being the text of each; signs go to their figures."""
    cells = [
        Cell(text.strip(), min(line.x0 for line in lines), max(line.x1 for line in lines))
        for lines, text in zip(row.cells, joined, strict=True)
    ]
    result: Cells = []
    sign = ""
    for cell in cells:
        text = sign + cell.text
        sign = ""
        if _SIGN.fullmatch(text):
            sign = text
            continue
        end = cell.x1
        trailing = _TRAILING_SIGN.fullmatch(text)
        if trailing:
            end = cell.x0 + (cell.x1 - cell.x0) * len(trailing.group(1)) / len(text)
            text, sign = trailing.group(1), trailing.group(2)
        if _CLOSER.fullmatch(text) and result:
            before = result[-1]
            result[-1] = Cell(before.text + text, before.x0, end)
        elif text:
            result.append(Cell(text, cell.x0, end))
    if sign:
        result.append(Cell(sign, cells[-1].x0, cells[-1].x1))
    return result


def columns(rows: Sequence[Cells]) -> list[tuple[float, float]]:
    """Stretches of width that the columns take, from the left; cells over several are left out.

    Narrow cells make the columns. Two columns are one where a wider cell lies over both and no row
    has a cell in each: figures set to the right, and dashes set in the middle.
    """
    bands: list[_Band] = []
    cells = [(cell, number) for number, row in enumerate(rows) for cell in row]
    for cell, number in sorted(cells, key=lambda item: item[0].x1 - item[0].x0):
        touched = [band for band in bands if cell.x0 < band.x1 and cell.x1 > band.x0]
        if sum(len(band.rows) for band in touched) != len({r for b in touched for r in b.rows}):
            continue
        whole = _Band(cell.x0, cell.x1, {number})
        for band in touched:
            whole = _Band(min(whole.x0, band.x0), max(whole.x1, band.x1), whole.rows | band.rows)
            bands.remove(band)
        bands.append(whole)
    return sorted((band.x0, band.x1) for band in bands)


@dataclass(slots=True)
class _Band:
    """A stretch of width and the numbers of the rows that have a cell in it."""

    x0: float
    x1: float
    rows: set[int]


def grid(rows: Sequence[Cells], right: bool) -> list[list[str]]:
    """Every row with a place for every column, empty where the row has nothing there."""
    bands = columns(rows)
    if len(bands) > _MAX_COLUMNS:
        return [[cell.text for cell in row] for row in rows]
    lines = []
    for row in rows:
        places = [""] * len(bands)
        for cell in row:
            at = _place(cell, bands, right)
            while places[at] and at + 1 < len(places):
                at += 1
            places[at] = f"{places[at]} {cell.text}".strip()
        lines.append(places)
    lines = _headed(lines)
    return [line[::-1] for line in lines] if right else lines


def _headed(lines: list[list[str]]) -> list[list[str]]:
    """Columns of which one holds only headings, set beside the figures they head, made one."""
    first = next((i for i, row in enumerate(lines) if any(map(_is_data, row))), 0)
    columns_ = [[row[i] for row in lines] for i in range(len(lines[0]))]
    merged: list[list[str]] = []
    for column in columns_:
        if merged and _complementary(merged[-1], column, first):
            merged[-1] = [a or b for a, b in zip(merged[-1], column, strict=True)]
        elif any(column):
            merged.append(column)
    return [list(row) for row in zip(*merged, strict=True)]


def _complementary(one: Sequence[str], other: Sequence[str], first: int) -> bool:
    """Whether no row fills both, and one has nothing from the row of the first figures on."""
    if any(a and b for a, b in zip(one, other, strict=True)):
        return False
    return not any(one[first:]) or not any(other[first:])


def _place(cell: Cell, bands: Sequence[tuple[float, float]], right: bool) -> int:
    touched = [i for i, (x0, x1) in enumerate(bands) if cell.x0 < x1 and cell.x1 > x0]
    if not touched:
        middle = (cell.x0 + cell.x1) / 2
        return min(range(len(bands)), key=lambda i: abs(sum(bands[i]) / 2 - middle))
    return touched[-1] if right else touched[0]


def header_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many rows at the top name the columns.

    Where figures follow: the rows above the first figure, at most four, if a column is named.
    Where the table is all words: the first row if it is full and short.
    """
    data = [i for i, row in enumerate(rows) if any(_is_data(cell) for cell in row[1:])]
    if data:
        above = min(data[0], 4)
        named = [i for i in range(above) if any(rows[i][1:])]
        return named[-1] + 1 if named else 0
    first = rows[0]
    full = all(first) and len(rows) > 2
    return 1 if full and all(len(cell) <= 24 for cell in first) else 0


def _is_data(cell: str) -> bool:
    return bool(_DATA.fullmatch(cell)) and not _YEAR.fullmatch(cell)


def names_columns(line: Line, first_column_end: float) -> bool:
    """Whether a lone line above a table belongs to it: over its columns, or stating its unit."""
    return line.x0 >= first_column_end or bool(_UNIT.match(line.text))
