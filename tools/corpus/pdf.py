"""PDF: printed by WeasyPrint, then given the page labels that stand on its pages."""

from __future__ import annotations

import io
from pathlib import Path

import weasyprint
from pypdf import PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle

from .page import BODY_ANCHOR, print_page
from .slim import slim_fonts
from .source import Source

_STYLES = Path(__file__).parent / "styles"


def build_pdf(source: Source) -> bytes:
    """The report as PDF, with outline, metadata and ``/PageLabels``.

    Raises RuntimeError when the body does not begin on a page of its own.
    """
    sheets = [weasyprint.CSS(_STYLES / name) for name in ("print.css", f"{source.lang}.css")]
    document = weasyprint.HTML(string=print_page(source)).render(stylesheets=sheets)
    front = next(
        (number for number, page in enumerate(document.pages) if BODY_ANCHOR in page.anchors), None
    )
    if front is None:
        raise RuntimeError(f"{source.output}: the body was not found on any page.")
    printed = document.write_pdf(pdf_identifier=source.document.encode("utf-8"))
    return _labelled(printed, front, len(document.pages))


def _labelled(printed: bytes, front: int, pages: int) -> bytes:
    """Label ``front`` pages i, ii, … and the others 1, 2, …"""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(printed)))
    if front:
        writer.set_page_label(0, front - 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    writer.set_page_label(front, pages - 1, style=PageLabelStyle.DECIMAL)
    slim_fonts(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
