"""PDF: text by pypdf, page by page."""

from __future__ import annotations

import io
import logging

import pypdf

from rag.errors import ReadError
from rag.readers.building import ReadingBuilder
from rag.readers.characters import mend
from rag.readers.facts import facts_of
from rag.readers.numbering import numbered_heading
from rag.schema import Reading


def read_pdf(data: bytes) -> Reading:
    """Reads a PDF with a text layer; raises ReadError otherwise."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError("It is locked with a password. Give a copy without one.")
        pages = [page.extract_text() for page in reader.pages]
        labels = reader.page_labels if "/PageLabels" in reader.root_object else [None] * len(pages)
    except ReadError:
        raise
    except Exception as error:
        raise ReadError("It is damaged and cannot be read as a PDF. Copy it again.") from error
    builder = ReadingBuilder()
    for page, label in zip(pages, labels, strict=False):
        builder.start_page(label)
        for line in mend(page).split("\n"):
            span = builder.paragraph(line, "\n")
            found = numbered_heading(line.strip())
            if span and found:
                builder.mark_heading(span[0], span[0] + found.end, found.level, line[: found.end])
    reading = builder.build()
    if not reading.text.strip():
        raise ReadError(
            "It has no text layer: it is a scan. Recognise its text (OCR) and give that."
        )
    facts = facts_of(mend(pages[0]), title=(reader.metadata.title or "") if reader.metadata else "")
    return Reading(reading.text, reading.pages, reading.headings, reading.tables, facts)
