"""The readers in steps that processes can share: opening a file, its pages, putting it together.

Whatever module has these three functions can take its place in a worker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.errors import ReadError
from rag.readers import format_of, read_bytes, said_plainly
from rag.readers.ocr import OFF, Ocr
from rag.schema import Reading

if TYPE_CHECKING:
    from rag.readers.pdf import OpenPages, PageLayout, PdfProperties


def opened(data: bytes, suffix: str) -> Reading | PdfProperties:
    """The whole reading, or for a PDF what it says of itself; raises ReadError."""
    with said_plainly():
        if format_of(data, suffix) == "pdf":
            from rag.readers.pdf import document_facts

            return document_facts(data)
    return read_bytes(data, suffix)


def pages(data: bytes) -> OpenPages:
    """The pages of a PDF, to be laid out one by one; raises ReadError."""
    from rag.readers.pdf import OpenPages

    with said_plainly():
        return OpenPages(data)


def assembled(
    data: bytes,
    layouts: Sequence[PageLayout | None],
    described: PdfProperties,
    left_out: Mapping[int, str],
    ocr: Ocr = OFF,
) -> Reading:
    """The reading of all pages in order; ``left_out`` are those (from 0) not read, and why.

    ``ocr`` recognises the pages of the file ``data`` that need it. Without ``left_out`` it is what
    one process makes of the file. Raises ReadError when no page has text.
    """
    from rag.readers.pdf import PageLayout, recognised
    from rag.readers.pdf import assembled as put_together

    notes = left_out_notes(left_out)
    # A page that is empty gets no note of the readers' own.
    empty = PageLayout(0.0, 0.0, (), False)
    whole = [empty if n in left_out else layout for n, layout in enumerate(layouts)]
    with said_plainly():
        found = recognised(data, whole, ocr)
        if left_out and not any(layout and layout.rows for layout in found.layouts):
            raise ReadError(f"{' '.join(notes)} No text was found on its other pages.")
        reading = put_together(found.layouts, described, advice=ocr.advice, notes=found.notes)
    return replace(reading, notes=(*reading.notes, *notes)) if notes else reading


def left_out_notes(left_out: Mapping[int, str]) -> list[str]:
    """One sentence for each reason, naming its pages."""
    from rag.readers.pdf import pages_named

    numbers: dict[str, list[int]] = {}
    for number in sorted(left_out):
        numbers.setdefault(left_out[number], []).append(number + 1)
    return [f"{pages_named(pages)} could not be read: {why}." for why, pages in numbers.items()]
