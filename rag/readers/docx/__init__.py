"""DOCX: the body in order, with headings by style, tables in place, notes after their paragraph.

Pages are those that Word laid out when it last saved, where the file keeps all their breaks.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import takewhile

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree

from rag.errors import ReadError
from rag.readers.builder import ReadingBuilder
from rag.readers.characters import invisible_removed
from rag.readers.docx.numbers import Numbering
from rag.readers.docx.pages import PAGE_BREAK, page_breaks
from rag.readers.docx.styles import heading_levels, outline_level
from rag.readers.facts import clean_title, facts_of
from rag.readers.numbering import numbered_heading
from rag.readers.office_archive import check_package, damaged
from rag.schema import Facts, Reading

# Deleted and moved-away text, field codes, and the older copy of a drawing.
_UNSEEN = frozenset(
    qn(name)
    for name in ("w:del", "w:moveFrom", "w:instrText", "w:delText", "w:pPr", "w:rPr", "w:tbl")
) | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}


def read_docx(data: bytes) -> Reading:
    """Reads a Word document; raises ReadError when it is damaged, oversized or has no text."""
    check_package(data, "Word document")
    try:
        document = docx.Document(io.BytesIO(data))
        return _Walker(document).reading()
    except ReadError:
        raise
    except Exception as error:  # the library raises whatever a malformed part makes it meet
        raise damaged("Word document") from error


class _Walker:
    """Walks the body; holds what paragraphs refer to."""

    def __init__(self, document: WordDocument) -> None:
        self._document = document
        self._builder = ReadingBuilder()
        self._numbering = Numbering(document)
        self._notes = {
            "w:footnoteReference": _notes(document, RELATIONSHIP_TYPE.FOOTNOTES, "w:footnote"),
            "w:endnoteReference": _notes(document, RELATIONSHIP_TYPE.ENDNOTES, "w:endnote"),
        }
        self._note_number = 0
        self._pending: list[tuple[int, etree._Element]] = []
        self._levels = heading_levels(document)
        self._titles: list[str] = []
        self._in_list = False
        self._breaks = page_breaks(document)
        self._header: list[list[str]] = []
        if self._breaks:
            self._builder.start_page()

    def reading(self) -> Reading:
        """The whole document."""
        for element in _blocks(self._document.element.body):
            if element.tag == qn("w:tbl"):
                self._table(element)
            else:
                self._paragraph(element)
        reading = self._builder.build()
        if not reading.text.strip():
            raise ReadError(
                "It has no text; it may hold only pictures. Recognise its text (OCR) and give that."
            )
        return Reading(
            reading.text, reading.pages, reading.headings, reading.tables, self._facts(reading)
        )

    def _facts(self, reading: Reading) -> Facts:
        properties = self._document.core_properties
        title = clean_title(properties.title or "") or next(iter(self._titles), "")
        if not title and reading.headings:
            title = reading.headings[0].title
        made = properties.modified or properties.created
        return facts_of(
            reading.text,
            title=title,
            author=properties.author or "",
            made=made.date().isoformat() if made else "",
        )

    def _paragraph(self, element: etree._Element) -> None:
        marker = self._numbering.marker(element)
        written = ""
        for number, part in enumerate(self._text(element).split(PAGE_BREAK)):
            if number:
                self._builder.start_page()
            text = part.strip()
            if text and written:
                spaced = part[:1].isspace() or written[-1:].isspace()
                self._builder.paragraph(text, " " if spaced else "")
            elif text:
                self._block(element, f"{marker} {text}" if marker else text, bool(marker))
            written = part if text else written
        self._flush_notes()

    def _block(self, element: etree._Element, text: str, numbered: bool) -> None:
        level = self._level(element)
        style = self._style_id(element)
        if level == 0:
            self._titles.append(" ".join(text.split()))
        if level is not None:
            self._builder.heading(text, max(level, 1))
            self._in_list = False
        else:
            listed = numbered or "list" in style.lower()
            joined = listed and self._in_list
            span = self._builder.paragraph(text, "\n" if joined else "\n\n")
            self._in_list = listed
            found = numbered_heading(" ".join(text.split())) if "\n" not in text else None
            if (
                span is not None
                and found is not None
                and _stands_out(element, found.end == len(text))
            ):
                self._builder.mark_heading(
                    span[0], span[0] + found.end, found.level, text[: found.end]
                )

    def _table(self, table: etree._Element) -> None:
        """One table a page: Word repeats the rows marked as its header on each."""
        all_rows = list(table.iterchildren(qn("w:tr")))
        marked = len(list(takewhile(_is_header, all_rows)))
        rows: list[list[str]] = []
        for row in all_rows:
            cells = self._row(row)
            texts = [cell.replace(PAGE_BREAK, " ") for cell in cells]
            breaks = any(PAGE_BREAK in cell for cell in cells)
            below = breaks and not any(cell.startswith(PAGE_BREAK) for cell in cells)
            if not breaks or below:
                rows.append(texts)
            if breaks:
                if len(rows) > marked:
                    self._rows(rows, marked)
                    rows = rows[:marked]
                self._builder.start_page()
            if breaks and not below:
                rows.append(texts)
        self._rows(rows, marked or int(_is_headed(all_rows)))
        self._in_list = False
        self._flush_notes()

    def _rows(self, rows: list[list[str]], header_rows: int) -> None:
        if max((len(row) for row in rows), default=0) < 2:
            for row in rows:
                self._builder.paragraph(" ".join(row))
        else:
            self._builder.table(rows, header_rows)

    def _row(self, row: etree._Element) -> list[str]:
        cells = []
        for cell in _cells(row):
            merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            continued = merge is not None and merge.get(qn("w:val"), "continue") != "restart"
            texts = [self._text(p) for p in cell.iter(qn("w:p"))]
            cells.append("" if continued else " ".join(text for text in texts if text))
            span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
            width = span.get(qn("w:val"), "1") if span is not None else "1"
            cells.extend([""] * (min(int(width), 100) - 1 if width.isdigit() else 0))
        return cells

    def _text(self, paragraph: etree._Element) -> str:
        parts: list[str] = []
        for element in _visible(paragraph):
            tag = element.tag
            if tag in (qn("w:t"), "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"):
                parts.append(element.text or "")
            elif tag in (qn("w:tab"), qn("w:ptab")):
                parts.append("\t")
            elif element in self._breaks:
                parts.append(PAGE_BREAK)
            elif tag in (qn("w:br"), qn("w:cr")):
                parts.append("\n")
            elif tag == qn("w:noBreakHyphen"):
                parts.append("-")
            else:
                parts.append(self._note_mark(element))
        # Strip no form feed, which stands for the end of a page.
        return invisible_removed("".join(parts)).strip(" \t\n\u3000\xa0")

    def _note_mark(self, element: etree._Element) -> str:
        for name, notes in self._notes.items():
            note = notes.get(element.get(qn("w:id"), "")) if element.tag == qn(name) else None
            if note is not None:
                self._note_number += 1
                self._pending.append((self._note_number, note))
                return f"[{self._note_number}]"
        return ""

    def _flush_notes(self) -> None:
        while self._pending:
            number, note = self._pending.pop(0)
            text = " ".join(self._text(p) for p in note.iter(qn("w:p")))
            self._builder.paragraph(f"[{number}] {text}", "\n\n")

    def _style_id(self, paragraph: etree._Element) -> str:
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return str(style.get(qn("w:val"), "")) if style is not None else ""

    def _level(self, paragraph: etree._Element) -> int | None:
        """1 to 9 for headings, 0 for the document's title, None for body text."""
        outline = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        if outline is not None:
            return outline_level(outline)
        return self._levels.get(self._style_id(paragraph))


def _stands_out(paragraph: etree._Element, whole: bool) -> bool:
    """A numbered line counts as a heading when it is only a marker or all of it is bold."""
    return not whole or _is_bold(paragraph)


def _is_header(row: etree._Element) -> bool:
    return row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None


def _is_headed(rows: list[etree._Element]) -> bool:
    """Whether the first row alone is bold, as a header that nobody marked as one."""
    return len(rows) > 1 and _is_bold(rows[0]) and not _is_bold(rows[1])


def _is_bold(element: etree._Element) -> bool:
    runs = [run for run in element.iter(qn("w:r")) if "".join(run.itertext()).strip()]
    return bool(runs) and all(run.find(f"{qn('w:rPr')}/{qn('w:b')}") is not None for run in runs)


def _blocks(body: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables in order, inside content controls and insertions too."""
    stack = list(reversed(body))
    while stack:
        element = stack.pop()
        if element.tag in (qn("w:p"), qn("w:tbl")):
            yield element
        elif element.tag in (
            qn("w:sdt"),
            qn("w:sdtContent"),
            qn("w:ins"),
            qn("w:customXml"),
            qn("w:moveTo"),
        ):
            stack.extend(reversed(element))


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if child.tag == qn("w:tc"):
            yield child
        elif child.tag == qn("w:sdt"):
            yield from child.iter(qn("w:tc"))


def _visible(paragraph: etree._Element) -> Iterator[etree._Element]:
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag in _UNSEEN:
            continue
        yield element
        stack.extend(reversed(element))


def _notes(document: WordDocument, kind: str, tag: str) -> dict[str, etree._Element]:
    """Footnotes or endnotes by id; separators are left out."""
    try:
        part: Part = document.part.part_related_by(kind)
        root = parse_xml(part.blob)
    except (KeyError, etree.XMLSyntaxError):
        return {}
    return {
        note.get(qn("w:id"), ""): note
        for note in root.iterchildren(qn(tag))
        if note.get(qn("w:type"), "normal") == "normal"
    }
