"""A PDF's pages by pdfium: their glyphs with boxes, and their pictures.

pdfium is not safe for threads, and a hostile file may end the process: this belongs in
``rag.page_images.worker``.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from ctypes import byref, c_double, c_int
from typing import TYPE_CHECKING, Self

import pypdfium2 as pdfium
from pypdfium2 import raw

from rag.errors import ReadError
from rag.page_images.alignment import align
from rag.page_images.glyphs import Glyph, PageImage, PageQuote, Rectangle
from rag.page_images.lines import rectangles

if TYPE_CHECKING:
    from PIL import Image

_Pixels = tuple[int, int, int, int]

_MOST_PIXELS = 8_000_000
_YELLOW = (255, 236, 90)
_EDGE = (214, 158, 0)


class PdfPages:
    """A PDF held open; raises ReadError when it cannot be opened. One thread at a time."""

    def __init__(self, data: bytes) -> None:
        try:
            self._document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            raise ReadError(f"It cannot be opened for its pictures ({error}).") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._document.close()

    def __len__(self) -> int:
        """The number of pages."""
        return len(self._document)

    def glyphs(self, number: int) -> tuple[Glyph, ...]:
        """The glyphs of a page, from 1, in the PDF's order. Raises ReadError."""
        page = self._page(number)
        try:
            text = page.get_textpage()
            try:
                return tuple(_glyphs(text.raw))
            finally:
                text.close()
        except pdfium.PdfiumError as error:
            raise ReadError(f"The text of page {number} cannot be read ({error}).") from error
        finally:
            page.close()

    def boxes(self, number: int, quotes: Sequence[PageQuote]) -> tuple[tuple[Rectangle, ...], ...]:
        """The rectangles of each quote on the page, from 1; empty where it is not found."""
        if not quotes:
            return ()
        glyphs = self.glyphs(number)
        return tuple(rectangles(align(quote, glyphs), glyphs) for quote in quotes)

    def picture(self, number: int, quotes: Sequence[PageQuote], width: int) -> PageImage:
        """The page, from 1, ``width`` pixels wide, with its quotes marked; ReadError.

        A page of odd proportions comes smaller, so that no picture has more than 8 million pixels.
        """
        boxes = self.boxes(number, quotes)
        page = self._page(number)
        try:
            across, up = page.get_size()
            scale = min(width / max(across, 1), (_MOST_PIXELS / max(across * up, 1)) ** 0.5)
            bitmap = page.render(scale=scale)
            image = bitmap.to_pil().convert("RGB")
            marks = tuple(tuple(_pixels(page, image.size, box) for box in quote) for quote in boxes)
        except pdfium.PdfiumError as error:
            raise ReadError(f"Page {number} cannot be drawn ({error}).") from error
        finally:
            page.close()
        marked = _marked(image, [mark for quote in marks for mark in quote])
        stream = io.BytesIO()
        marked.save(stream, "PNG", compress_level=3)
        return PageImage(stream.getvalue(), marked.width, marked.height, boxes, marks)

    def _page(self, number: int) -> pdfium.PdfPage:
        try:
            return self._document[number - 1]
        except (pdfium.PdfiumError, IndexError) as error:
            raise ReadError(f"Page {number} cannot be opened ({error}).") from error


def boxes(data: bytes, number: int, quote: PageQuote) -> tuple[Rectangle, ...]:
    """The rectangles of a quote on a page, from 1, of the PDF ``data``; empty when not found."""
    with PdfPages(data) as pages:
        return pages.boxes(number, [quote])[0]


def _glyphs(text: raw.FPDF_TEXTPAGE) -> Iterator[Glyph]:
    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    loose = raw.FS_RECTF()
    high = 0
    for index in range(raw.FPDFText_CountChars(text)):
        code = raw.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        high = 0
        # pdfium writes U+0002 for the hyphen at the end of a line.
        char = "-" if code == 2 else chr(code) if 0 < code < 0x110000 else ""
        if not char or char.isspace() or raw.FPDFText_IsGenerated(text, index) == 1:
            continue
        if not raw.FPDFText_GetCharBox(
            text, index, byref(left), byref(right), byref(bottom), byref(top)
        ):
            continue
        ink = Rectangle(left.value, bottom.value, right.value, top.value)
        box = ink
        if raw.FPDFText_GetLooseCharBox(text, index, byref(loose)):
            whole = Rectangle(loose.left, loose.bottom, loose.right, loose.top)
            # A font may state a line's height that has nothing to do with its letters.
            if whole.height > 0 and whole.holds(ink.centre):
                box = whole
        yield Glyph(char, ink, box)


def _pixels(page: pdfium.PdfPage, size: tuple[int, int], box: Rectangle) -> _Pixels:
    """Left, top, right and bottom in pixels, whatever the page's rotation."""
    xs, ys = [], []
    for x, y in ((box.left, box.bottom), (box.right, box.top)):
        across, down = c_int(), c_int()
        raw.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, x, y, byref(across), byref(down))
        xs.append(across.value)
        ys.append(down.value)
    return min(xs), min(ys), max(xs), max(ys)


def _marked(image: Image.Image, marks: Sequence[_Pixels]) -> Image.Image:
    """As with a yellow marker: what is dark stays dark."""
    from PIL import Image, ImageChops, ImageDraw

    if not marks:
        return image
    layer = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(layer)
    for left, top, right, bottom in marks:
        draw.rectangle((left - 1, top, right + 1, bottom), fill=_YELLOW, outline=_EDGE)
    return ImageChops.multiply(image, layer)
