"""Putting a reading together block by block, so that every offset is right by construction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.schema import Facts, Heading, Page, Reading, Table

BLOCK = "\n\n"


class ReadingBuilder:
    """Collects blocks in reading order and remembers where each lies.

    Blocks are set apart by a blank line unless a call says otherwise. The separator before a block
    belongs to no page when the block is the first of its page.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._pages: list[Page] = []
        self._page_start: int | None = None
        self._page_label: str | None = None
        self._headings: list[Heading] = []
        self._tables: list[Table] = []

    def start_page(self, label: str | None = None) -> None:
        """Ends the page before, if any, and begins one with this printed label."""
        self._end_page()
        self._page_start, self._page_label = -1, label

    def _end_page(self) -> None:
        if self._page_start is None:
            return
        start = self._length if self._page_start < 0 else self._page_start
        self._pages.append(Page(len(self._pages) + 1, start, self._length, self._page_label))
        self._page_start = None

    def _append(self, text: str, separator: str) -> int:
        if self._parts:
            self._parts.append(separator)
            self._length += len(separator)
        start = self._length
        if self._page_start is not None and self._page_start < 0:
            self._page_start = start
        self._parts.append(text)
        self._length += len(text)
        return start

    def paragraph(self, text: str, separator: str = BLOCK) -> tuple[int, int] | None:
        """Adds text as one block; returns its span, None when it is blank."""
        text = text.strip()
        if not text:
            return None
        start = self._append(text, separator)
        return start, self._length

    def heading(self, text: str, level: int, separator: str = BLOCK) -> None:
        """Adds text as a heading of this level (1 is the outermost)."""
        span = self.paragraph(text, separator)
        if span is not None:
            self.mark_heading(*span, level, text)

    def mark_heading(self, start: int, end: int, level: int, title: str) -> None:
        """Says that what was added at this span is a heading; ``title`` becomes one line."""
        self._headings.append(Heading(start, end, level, " ".join(title.split())))

    def table(
        self, rows: Sequence[Sequence[str]], header_rows: int = 0, *, goes_on: bool = False
    ) -> None:
        """Adds a table; white space inside a cell becomes single spaces, blank rows go.

        ``goes_on`` says that it goes on with the table added last, whose header then is its too.
        """
        lines = [row_line(row) for row in rows]
        header = [line for line in lines[:header_rows] if line.strip()]
        body = [line for line in lines[header_rows:] if line.strip()]
        if not header and not body:
            return
        start = self._append("\n".join(header + body), BLOCK)
        header_end = start + len("\n".join(header))
        carried = self._tables[-1].header if goes_on and self._tables else (0, 0)
        self._tables.append(Table(start, self._length, header_end, *carried))

    def build(self, facts: Facts | None = None, notes: Iterable[str] = ()) -> Reading:
        """The reading of all that was added; one page where none was started."""
        self._end_page()
        text = "".join(self._parts)
        pages = tuple(self._pages) or (Page(1, 0, len(text)),)
        return Reading(
            text=text,
            pages=pages,
            headings=tuple(self._headings),
            tables=tuple(self._tables),
            facts=facts or Facts(),
            notes=tuple(notes),
        )


def row_line(cells: Sequence[str]) -> str:
    """Cells as one line: tabs between them, single spaces inside, no trailing tabs."""
    return "\t".join(" ".join(cell.split()) for cell in cells).rstrip("\t")
