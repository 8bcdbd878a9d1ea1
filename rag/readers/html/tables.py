"""Tables of HTML as rows of cells; tables used for layout are told apart."""

from __future__ import annotations

import re
from itertools import pairwise

from lxml import etree

from rag.readers.html.visible import is_hidden, shown_text

_CURRENCY = re.compile(r"[$€£¥₩₹]|US\$|HK\$|NT\$|RMB")
_CLOSERS = re.compile(r"[)%％）]+|\)%|bps|pts")
_MAX_SPAN = 100


def table_rows(table: etree._Element) -> tuple[list[list[str]], int] | None:
    """The rows and how many of them are header rows; None when the table only lays out a page.

    Layout is a table within which another stands, or one whose rows have a single filled cell.
    Columns that are blank in every row go; a currency sign joins the figure after it, a closing
    bracket or per cent sign the one before. A cell over several columns stands in the first.
    """
    if table.find(".//table") is not None:
        return None
    rows: list[list[str]] = []
    header_rows = 0
    held: dict[int, int] = {}
    for row in table.iter("tr"):
        cells, all_headers = _row(row, held)
        if not any(cells):
            continue
        in_head = row.getparent() is not None and row.getparent().tag == "thead"
        if (in_head or all_headers) and header_rows == len(rows):
            header_rows += 1
        rows.append(cells)
    if not any(sum(1 for cell in row if cell) > 1 for row in rows):
        return None
    caption = table.find("caption")
    if caption is not None:
        rows.insert(0, [shown_text(caption)])
        header_rows += 1
    return _compact(rows), header_rows


def _row(row: etree._Element, held: dict[int, int]) -> tuple[list[str], bool]:
    """One row's cells on the grid; ``held`` counts the rows that a cell above still takes."""
    cells: list[str] = []
    kinds: list[str] = []
    for cell in row:
        if cell.tag not in ("td", "th") or is_hidden(cell):
            continue
        while held.get(len(cells), 0) > 0:
            held[len(cells)] -= 1
            cells.append("")
        text = shown_text(cell)
        if text:
            kinds.append(cell.tag)
        columns = _span(cell.get("colspan"))
        rows_below = _span(cell.get("rowspan")) - 1
        for offset in range(columns):
            if rows_below:
                held[len(cells)] = rows_below
            cells.append("" if offset else text)
    # Cells from above that stand to the right of the row's last one are used up by it too.
    for column, rows in held.items():
        if column >= len(cells) and rows > 0:
            held[column] = rows - 1
    return cells, bool(kinds) and set(kinds) == {"th"}


def _span(value: str | None) -> int:
    if value is None or not re.fullmatch(r"\s*[0-9]{1,4}\s*", value):
        return 1
    return min(max(int(value), 1), _MAX_SPAN)


def _compact(rows: list[list[str]]) -> list[list[str]]:
    joined = [_signs_joined(row) for row in rows]
    width = max(len(row) for row in joined)
    used = [c for c in range(width) if any(c < len(row) and row[c] for row in joined)]
    return [[row[c] if c < len(row) else "" for c in used] for row in joined]


def _signs_joined(row: list[str]) -> list[str]:
    cells = list(row)
    filled = [c for c, cell in enumerate(cells) if cell]
    for here, after in pairwise(filled):
        if _CURRENCY.fullmatch(cells[here]) and cells[after][0].isdigit() | (
            cells[after][0] in "(-—–"
        ):
            cells[after], cells[here] = cells[here] + cells[after], ""
        elif _CLOSERS.fullmatch(cells[after]) and cells[here][-1:].isdigit():
            # The sign keeps its place in the grid empty so that columns stay aligned.
            cells[after], cells[here] = "", cells[here] + cells[after]
            filled[filled.index(after)] = here
    return cells
