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
_MOST_HEADER_ROWS = 6
# Columns nearer to one another than this, of which no row fills both, are one.
_HAIR = 4.0
# How far, in the page's units, one more column weighs where headers stand over several.
_ONE_MORE = 1.0


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
    sign: Cell | None = None
    for cell in cells:
        text, start, end = cell.text, cell.x0, cell.x1
        if sign is not None:
            text, start, sign = sign.text + text, min(sign.x0, start), None
        if _SIGN.fullmatch(text):
            sign = Cell(text, start, end)
            continue
        trailing = _TRAILING_SIGN.fullmatch(text)
        if trailing:
            text, of = trailing.group(1), len(text)
            sign = Cell(trailing.group(2), end - (cell.x1 - cell.x0) / of, end)
            end = cell.x0 + (cell.x1 - cell.x0) * len(text) / of
        if _CLOSER.fullmatch(text) and result:
            before = result[-1]
            result[-1] = Cell(before.text + text, before.x0, end)
        elif text:
            result.append(Cell(text, start, end))
    return [*result, sign] if sign is not None else result


def columns(rows: Sequence[Cells]) -> list[tuple[float, float]]:
    """Stretches of width that the columns take, from the left; cells over several are left out.

    Narrow cells make the columns, those of headers last. Two columns are one where a wider cell
    lies over both and no row has a cell in each: figures set to the right, and dashes set in the
    middle.
    """
    bands: list[_ColumnExtent] = []
    cells = [(cell, number) for number, row in enumerate(rows) for cell in row]
    first = _first_figures(rows)
    for cell, number in sorted(cells, key=lambda i: (i[1] < first, i[0].x1 - i[0].x0)):
        touched = [band for band in bands if cell.x0 < band.x1 and cell.x1 > band.x0]
        if sum(len(band.rows) for band in touched) != len({r for b in touched for r in b.rows}):
            continue
        whole = _ColumnExtent(cell.x0, cell.x1, {number})
        for band in touched:
            whole = _ColumnExtent(
                min(whole.x0, band.x0), max(whole.x1, band.x1), whole.rows | band.rows
            )
            bands.remove(band)
        bands.append(whole)
    joined: list[_ColumnExtent] = []
    for band in sorted(bands, key=lambda band: band.x0):
        last = joined[-1] if joined else None
        if last is not None and band.x0 - last.x1 < _HAIR and not last.rows & band.rows:
            joined[-1] = _ColumnExtent(last.x0, max(last.x1, band.x1), last.rows | band.rows)
        else:
            joined.append(band)
    return [(band.x0, band.x1) for band in joined]


def _first_figures(rows: Sequence[Cells]) -> int:
    """The first row with figures beside its label; the first where there are none."""
    return next((i for i, row in enumerate(rows) if any(_is_data(c.text) for c in row[1:])), 0)


@dataclass(slots=True)
class _ColumnExtent:
    """A stretch of width and the numbers of the rows that have a cell in it."""

    x0: float
    x1: float
    rows: set[int]


def grid(rows: Sequence[Cells], right: bool) -> list[list[str]]:
    """Every row with a place for every column, empty where the row has nothing there."""
    bands = columns(rows)
    if len(bands) > _MAX_COLUMNS:
        return [[cell.text for cell in row] for row in rows]
    first = _first_figures(rows)
    lines = []
    for number, row in enumerate(rows):
        places = [""] * len(bands)
        for index, cell in enumerate(row):
            at = _place(cell, bands, right)
            if number < first:
                at = _first_headed(row, index, bands, right)
            while places[at] and at + 1 < len(places):
                at += 1
            places[at] = f"{places[at]} {cell.text}".strip()
        lines.append(places)
    lines = _headed(lines)
    return [line[::-1] for line in lines] if right else lines


def _first_headed(row: Cells, index: int, bands: Sequence[tuple[float, float]], right: bool) -> int:
    """The first of the columns that a cell of a header row heads: it stands over their middle."""
    cell = row[index]
    at = _place(cell, bands, right)
    touched = [i for i, (x0, x1) in enumerate(bands) if cell.x0 < x1 and cell.x1 > x0] or [at]
    before = max((c.x1 for c in row if c.x1 <= cell.x0), default=float("-inf"))
    after = min((c.x0 for c in row if c.x0 >= cell.x1), default=float("inf"))
    # The outermost column holds the rows' labels; no header stands over it and others.
    labels = len(bands) - 1 if right else 0
    if labels in touched:
        return at
    free = [i for i, (x0, x1) in enumerate(bands) if x0 >= before and x1 <= after and i != labels]
    middle = (cell.x0 + cell.x1) / 2
    # The middle column of three and all three have one middle; alone in its row, it heads all.
    alone = all(c is cell or c.x0 < bands[labels][1] for c in row)
    step = -_ONE_MORE if alone else _ONE_MORE
    least, best = float("inf"), (at, at)
    for low in (i for i in free if i <= touched[0]):
        for high in (i for i in free if i >= touched[-1]):
            off = abs((bands[low][0] + bands[high][1]) / 2 - middle) + step * (high - low)
            if off < least:
                least, best = off, (low, high)
    return best[1] if right else best[0]


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

    Where figures follow: the rows above the first figure, at most six, if a column is named.
    Where the table is all words: the first row if it is full and short.
    """
    data = [i for i, row in enumerate(rows) if any(_is_data(cell) for cell in row[1:])]
    if data:
        above = min(data[0], _MOST_HEADER_ROWS)
        named = [i for i in range(above) if any(rows[i][1:])]
        return named[-1] + 1 if named else 0
    first = rows[0]
    full = all(first) and len(rows) > 2
    return 1 if full and all(len(cell) <= 24 for cell in first) else 0


def _is_data(cell: str) -> bool:
    return bool(_DATA.fullmatch(cell)) and not _YEAR.fullmatch(cell)


def names_columns(line: Line, bands: Sequence[tuple[float, float]]) -> bool:
    """Whether a lone line above a table belongs to it: over its columns, or stating its unit.

    ``bands`` are its columns, at least two. A title set over the whole table is none of it.
    """
    over = line.x0 >= bands[0][1] and (line.x0 + line.x1) / 2 >= bands[1][0]
    return over or bool(_UNIT.match(line.text))
