"""PPTX: each slide a page, its title the heading; notes of the speaker stand under ``Notes``.

Hidden slides are not shown and are left out, their page blank so that the others keep their
numbers; a note says so, and also where charts and diagrams keep text that is not read.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import pptx
from pptx.enum.shapes import PP_PLACEHOLDER

from rag.errors import ReadError
from rag.readers.builder import ReadingBuilder
from rag.readers.characters import invisible_removed
from rag.readers.facts import clean_title, facts_of
from rag.readers.office_archive import check_package, damaged
from rag.schema import Facts, Reading

_KIND = "PowerPoint presentation"
_MAX_DEPTH = 50
NOTES = "Notes"
"""The heading over what the speaker was to say, which no slide shows."""
_FURNITURE = frozenset(
    (
        PP_PLACEHOLDER.SLIDE_NUMBER,
        PP_PLACEHOLDER.DATE,
        PP_PLACEHOLDER.FOOTER,
        PP_PLACEHOLDER.HEADER,
    )
)
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"


def read_pptx(data: bytes) -> Reading:
    """Reads a presentation; raises ReadError when it is damaged, oversized or has no text."""
    check_package(data, _KIND)
    try:
        return _Slides(pptx.Presentation(io.BytesIO(data))).reading()
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # the library raises whatever a malformed part makes it meet
        raise damaged(_KIND) from error


class _Slides:
    """Walks the slides in their order."""

    def __init__(self, presentation: Any) -> None:
        self._presentation = presentation
        self._builder = ReadingBuilder()
        self._title = ""
        self._hidden: list[int] = []
        self._drawn: list[int] = []

    def reading(self) -> Reading:
        first = int(self._presentation.element.get("firstSlideNum", "1"))
        for number, slide in enumerate(self._presentation.slides, start=1):
            self._builder.start_page(str(first + number - 1))
            if slide.element.get("show", "1") in ("0", "false"):
                self._hidden.append(number)
            else:
                self._slide(slide, number)
        reading = self._builder.build()
        if not reading.text.strip():
            raise ReadError(
                "Its slides have no text; they may hold only pictures. "
                "Recognise their text (OCR) and give that."
            )
        return self._builder.build(self._facts(reading), self._notes())

    def _slide(self, slide: Any, number: int) -> None:
        heading = slide.shapes.title
        if heading is not None and (text := _text(heading.text_frame.paragraphs)):
            self._title = self._title or " ".join(text.split())
            self._builder.heading(text, 1)
        for shape in _shapes(slide.shapes):
            if heading is not None and shape.shape_id == heading.shape_id:
                continue
            if shape.is_placeholder and shape.placeholder_format.type in _FURNITURE:
                continue
            self._shape(shape, number)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            said = _text(slide.notes_slide.notes_text_frame.paragraphs)
            if said:
                self._builder.heading(NOTES, 2)
                self._builder.paragraph(said)

    def _shape(self, shape: Any, number: int) -> None:
        if getattr(shape, "has_table", False):
            rows = [[_cell(cell) for cell in row.cells] for row in shape.table.rows]
            self._builder.table(rows, 1 if shape.table.first_row else 0)
        elif getattr(shape, "has_chart", False) or _is_diagram(shape):
            if number not in self._drawn:
                self._drawn.append(number)
        elif shape.has_text_frame:
            self._builder.paragraph(_text(shape.text_frame.paragraphs))

    def _facts(self, reading: Reading) -> Facts:
        properties = self._presentation.core_properties
        made = properties.modified or properties.created
        shown = (page for page in reading.pages if page.start < page.end)
        first = next(shown, reading.pages[0])
        return facts_of(
            reading.text[first.start : first.end],
            title=clean_title(properties.title or "") or clean_title(self._title),
            author=properties.author or "",
            made=made.date().isoformat() if made else "",
        )

    def _notes(self) -> Iterator[str]:
        if self._hidden:
            yield f"Hidden slides were left out: {_listed(self._hidden)}."
        if self._drawn:
            yield f"Charts or diagrams were not read on slides: {_listed(self._drawn)}."


def _shapes(shapes: Iterable[Any], depth: int = 0) -> Iterator[Any]:
    """Shapes in the order in which a screen reader takes them, those of groups in place."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth < _MAX_DEPTH:
                yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape


def _is_diagram(shape: Any) -> bool:
    data = shape.element.find(
        ".//{http://schemas.openxmlformats.org/drawingml/2006/main}graphicData"
    )
    return data is not None and data.get("uri") == _DIAGRAM


def _cell(cell: Any) -> str:
    return "" if cell.is_spanned else _text(cell.text_frame.paragraphs)


def _text(paragraphs: Iterable[Any]) -> str:
    """Paragraphs as lines, so that a list stays whole."""
    lines = (
        invisible_removed(paragraph.text.replace("\v", "\n")).strip() for paragraph in paragraphs
    )
    return "\n".join(line for line in lines if line)


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
