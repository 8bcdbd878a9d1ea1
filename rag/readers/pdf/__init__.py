"""PDF: text by pypdf, laid out again from where its glyphs stand.

Two stages: ``layouts`` reads pages, each by itself, so that several processes may share a file;
``assembled`` makes one reading of all pages.
"""

from __future__ import annotations

from rag.readers.pdf.assembly import assembled, pages_named
from rag.readers.pdf.opening import Described, OpenPages, document_facts, layouts
from rag.readers.pdf.rows import PageLayout
from rag.schema import Reading

__all__ = [
    "Described",
    "OpenPages",
    "PageLayout",
    "assembled",
    "document_facts",
    "layouts",
    "pages_named",
    "read_pdf",
]


def read_pdf(data: bytes) -> Reading:
    """Reads a PDF with a text layer; raises ReadError when it is damaged, locked or a scan."""
    described = document_facts(data)
    return assembled(layouts(data, range(described.pages)), described)
