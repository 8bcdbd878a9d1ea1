"""Pages of PDF reports as pictures, with the quoted words marked on them.

``PageImages`` is what to use: it runs pdfium in a process of its own. ``PdfPages`` and ``boxes``
do the same work in this one.
"""

from rag.page_images.glyphs import Glyph, PageImage, PageQuote, Rectangle, page_quotes
from rag.page_images.pdfium import PdfPages, boxes
from rag.page_images.process import PageImages, PictureLimits

__all__ = [
    "Glyph",
    "PageImage",
    "PageImages",
    "PageQuote",
    "PdfPages",
    "PictureLimits",
    "Rectangle",
    "boxes",
    "page_quotes",
]
