"""A second reader of the same pages, PDFium: its text, its pictures, and pages as pictures.

What it cannot do gives no evidence and is no error.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

_LOOKED_AT = 20
_FILLED = 0.5
# A line of text in outlines is as many paths; rules and frames of an empty page are fewer.
_OUTLINES = 20
_MOST_PIXELS = 25_000_000


class SecondExtractor:
    """One file, open in PDFium until ``close``."""

    def __init__(self, data: bytes) -> None:
        self._document: Any = None
        with contextlib.suppress(Exception):  # missing, or the file is beyond it
            import pypdfium2

            self._document = pypdfium2.PdfDocument(data, autoclose=True)

    def __enter__(self) -> SecondExtractor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._document is not None:
            self._document.close()
            self._document = None

    def page(self, number: int) -> ExtractedPage | None:
        """What it makes of a page, from 0; None where it cannot open it."""
        if self._document is None:
            return None
        try:
            page = self._document[number]
        except Exception:
            return None
        return ExtractedPage(page)


class ExtractedPage:
    """A page; ``close`` it."""

    def __init__(self, page: Any) -> None:
        self._page = page

    def close(self) -> None:
        """Let go of the page."""
        self._page.close()

    def size(self) -> tuple[float, float]:
        """Width and height as shown, in points."""
        width, height = self._page.get_size()
        return float(width), float(height)

    def text(self) -> str | None:
        """Its text in an order of PDFium's own; None where there is no telling."""
        try:
            text_page = self._page.get_textpage()
        except Exception:
            return None
        try:
            return str(text_page.get_text_range())
        except Exception:
            return None
        finally:
            text_page.close()

    def is_picture(self, has_text: bool) -> bool:
        """Whether pictures fill half of it or, on a page without text, there is any drawing."""
        try:
            return self._picture_share() >= _FILLED or (not has_text and self._is_drawn())
        except Exception:
            return False

    def has_hidden_text(self) -> bool:
        """Whether the text that comes first is invisible, as is that laid over a scan."""
        import pypdfium2.raw as pdfium

        try:
            texts = [o for o in self._objects() if self._kind(o) == pdfium.FPDF_PAGEOBJ_TEXT]
            modes = [pdfium.FPDFTextObj_GetTextRenderMode(one) for one in texts]
        except Exception:
            return False
        return bool(modes) and all(m == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE for m in modes)

    def picture(self, dpi: int) -> Image | None:
        """The page in grey at ``dpi``, less where that would be very large; None where it fails."""
        try:
            width, height = self._page.get_size()
            scale = min(dpi / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
            made: Image = self._page.render(scale=scale, grayscale=True).to_pil()
        except Exception:
            return None
        return made

    def _objects(self) -> list[Any]:
        """The first objects drawn and the last; a scan is one of them, and pages have thousands."""
        import pypdfium2.raw as pdfium

        count = pdfium.FPDFPage_CountObjects(self._page)
        chosen = sorted({*range(min(count, _LOOKED_AT)), *range(max(0, count - 5), count)})
        return [pdfium.FPDFPage_GetObject(self._page, index) for index in chosen]

    @staticmethod
    def _kind(one: Any) -> int:
        import pypdfium2.raw as pdfium

        return int(pdfium.FPDFPageObj_GetType(one))

    def _picture_share(self) -> float:
        import ctypes

        import pypdfium2.raw as pdfium

        width, height = self._page.get_size()
        covered = 0.0
        for one in self._objects():
            if self._kind(one) != pdfium.FPDF_PAGEOBJ_IMAGE:
                continue
            edges = [ctypes.c_float() for _ in range(4)]
            if pdfium.FPDFPageObj_GetBounds(one, *edges):
                left, bottom, right, top = (edge.value for edge in edges)
                across = min(right, width) - max(left, 0.0)
                up = min(top, height) - max(bottom, 0.0)
                covered += max(0.0, across) * max(0.0, up)
        return covered / (width * height) if width * height > 0 else 0.0

    def _is_drawn(self) -> bool:
        import pypdfium2.raw as pdfium

        kinds = [self._kind(one) for one in self._objects()]
        if any(k not in (pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH) for k in kinds):
            return True
        return kinds.count(pdfium.FPDF_PAGEOBJ_PATH) >= _OUTLINES
