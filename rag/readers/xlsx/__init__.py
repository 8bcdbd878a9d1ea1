"""XLSX: each visible sheet a page, its name the heading and the label, its cells as shown.

Rows that follow one another make a table; a row of one cell above or below it is a line of text.
Formulas give the value that was stored last. Hidden sheets are left out, and a note says so;
hidden rows and columns are read, as nobody who unhides them would miss them.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import openpyxl
from openpyxl.workbook import Workbook

from rag.errors import ReadError
from rag.readers.builder import ReadingBuilder
from rag.readers.characters import invisible_removed
from rag.readers.facts import clean_title, facts_of
from rag.readers.office_archive import check_package, damaged
from rag.readers.xlsx.numbers import shown
from rag.schema import Facts, Reading

# A sheet may claim a million rows of 16,384 columns; what people read is far smaller.
_MAX_COLUMNS = 512
_MAX_ROWS = 1_000_000
_MAX_CELLS = 2_000_000
_MAX_CHARACTERS = 20_000_000
_MAX_SHEETS = 1_000
_MOST_HEADER_ROWS = 3
_NOT_STORED = re.compile(
    rb"(?:</f>|<f(?:\s[^>]*)?/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>",
)


@dataclass(frozen=True, slots=True)
class _Cell:
    """What a cell shows; ``figure`` says that it is a number or a date and not a year alone."""

    text: str = ""
    figure: bool = False


_EMPTY = _Cell()
_Row = list[_Cell]


def read_xlsx(data: bytes) -> Reading:
    """Reads an Excel workbook; raises ReadError when it is damaged, oversized or has no text."""
    check_package(data, "Excel workbook")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
            try:
                reading = _Sheets(book).reading()
            finally:
                book.close()
        notes = (*reading.notes, *_values_missing(data))
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # the library raises whatever a malformed part makes it meet
        raise damaged("Excel workbook") from error
    return Reading(
        reading.text, reading.pages, reading.headings, reading.tables, reading.facts, notes
    )


class _Sheets:
    """Walks the sheets with what is left of the whole workbook's bounds."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._builder = ReadingBuilder()
        self._rows, self._cells, self._characters = _MAX_ROWS, _MAX_CELLS, _MAX_CHARACTERS
        self._notes: list[str] = []
        self._first_line = ""

    def reading(self) -> Reading:
        sheets = self._book.worksheets
        for sheet in sheets[:_MAX_SHEETS]:
            name = " ".join(invisible_removed(sheet.title).split())
            if sheet.sheet_state != "visible":
                self._notes.append(f"The sheet {name} is hidden and was left out.")
                continue
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_col=_MAX_COLUMNS, max_row=_MAX_ROWS)
            blocks = list(_blocks(self._bounded(rows)))
            if blocks:
                self._builder.start_page(name)
                self._builder.heading(name, 1)
                for block in blocks:
                    self._block(block)
            if min(self._rows, self._cells, self._characters) <= 0:
                self._notes.append(f"From the sheet {name} on there is more than was read.")
                break
        reading = self._builder.build()
        if not reading.tables and not self._first_line:
            raise ReadError("Its sheets have no text. Give the report itself, or remove the file.")
        return self._builder.build(self._facts(reading), self._notes)

    def _bounded(self, rows: Iterable[Iterable[object]]) -> Iterator[_Row]:
        """The rows as shown, until the workbook has given as much as a report can hold."""
        for row in rows:
            cells = [_cell(cell) for cell in row]
            self._rows -= 1
            self._cells -= sum(1 for cell in cells if cell.text)
            self._characters -= sum(len(cell.text) for cell in cells)
            if min(self._rows, self._cells, self._characters) <= 0:
                return
            yield cells

    def _block(self, rows: list[_Row]) -> None:
        """Lines of one cell above and below are text, what lies between is the table."""
        first, last = 0, len(rows)
        while first < last and _filled(rows[first]) < 2:
            first += 1
        while last > first and _filled(rows[last - 1]) < 2:
            last -= 1
        self._lines(rows[:first])
        table = rows[first:last]
        used = [c for c in range(max(map(len, table), default=0)) if any(
            c < len(row) and row[c].text for row in table
        )]  # fmt: skip
        texts = [[row[c].text if c < len(row) else "" for c in used] for row in table]
        self._builder.table(texts, header_rows(table))
        self._lines(rows[last:])

    def _lines(self, rows: list[_Row]) -> None:
        for row in rows:
            text = " ".join(cell.text for cell in row if cell.text)
            self._first_line = self._first_line or text
            self._builder.paragraph(text)

    def _facts(self, reading: Reading) -> Facts:
        properties = self._book.properties
        made = properties.modified or properties.created
        first = reading.text[reading.pages[0].start : reading.pages[0].end]
        # Below the sheet's name, which says nothing of whose report it is.
        return facts_of(
            first.partition("\n")[2],
            title=clean_title(properties.title or "") or clean_title(self._first_line),
            author=properties.creator or "",
            made=made.date().isoformat() if made else "",
        )


def header_rows(rows: list[_Row]) -> int:
    """How many rows at the top of a table name its columns.

    They come before the first row with figures and have more than a first cell, which would name a
    group of rows. Where no row has figures, a first row without a gap is the header.
    """
    figures = [any(cell.figure for cell in row) for row in rows]
    if True not in figures:
        whole = bool(rows) and _filled(rows[0]) == max(_filled(row) for row in rows)
        return 1 if whole and len(rows) > 1 else 0
    above = rows[: min(figures.index(True), _MOST_HEADER_ROWS)]
    return next((i for i, row in enumerate(above) if _filled(row) < 2), len(above))


def _cell(cell: object) -> _Cell:
    value = getattr(cell, "value", None)
    if value is None or value == "":
        return _EMPTY
    number_format = str(getattr(cell, "number_format", None) or "General")
    text = " ".join(invisible_removed(shown(value, number_format)).split())
    if not text:
        return _EMPTY
    is_text = isinstance(value, (str, bool))
    is_year = isinstance(value, int) and 1900 <= value <= 2100 and text == str(value)
    return _Cell(text, not is_text and not is_year)


def _filled(row: _Row) -> int:
    return sum(1 for cell in row if cell.text)


def _blocks(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    """Rows that follow one another without a blank one."""
    block: list[_Row] = []
    for row in rows:
        if _filled(row):
            block.append(row)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _values_missing(data: bytes) -> list[str]:
    """A note on formulas whose results are not in the file, as other programs than Excel do."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        count = sum(
            len(_NOT_STORED.findall(package.read(name)))
            for name in package.namelist()
            if name.startswith("xl/worksheets/") and name.endswith(".xml")
        )
    if not count:
        return []
    cells = "1 cell holds a formula" if count == 1 else f"{count} cells hold formulas"
    return [f"{cells} without a stored result. Open the file in Excel and save it."]
