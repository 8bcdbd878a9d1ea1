"""PDF: text by pypdf, laid out again from where its glyphs stand.

Three stages: ``layouts`` reads pages, each by itself, so that several processes may share a file;
``recognised`` reads those that are pictures, where there is OCR; ``assembled`` makes one reading of
all pages.
"""

from __future__ import annotations

from rag.readers.ocr import OFF, Ocr
from rag.readers.pdf.assembly import assembled, pages_named
from rag.readers.pdf.opening import OpenPages, PdfProperties, document_facts, layouts
from rag.readers.pdf.recognition import recognised
from rag.readers.pdf.rows import PageLayout
from rag.schema import Reading

__all__ = [
    "OpenPages",
    "PageLayout",
    "PdfProperties",
    "assembled",
    "document_facts",
    "layouts",
    "pages_named",
    "read_pdf",
    "recognised",
]


def read_pdf(data: bytes, ocr: Ocr = OFF) -> Reading:
    """Reads a PDF; raises ReadError when it is damaged, locked or a scan that ``ocr`` cannot read.

    ``ocr`` reads the pages without a text layer and those whose text layer is garbled.
    """
    described = document_facts(data)
    found = recognised(data, layouts(data, range(described.pages)), ocr)
    return assembled(found.layouts, described, advice=ocr.advice, notes=found.notes)
