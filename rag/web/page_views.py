"""Pages of the reports of an index, as pictures where their files are what was indexed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from rag.documents.pages import page_text, pages_of
from rag.documents.sections import Sections
from rag.errors import RagError, ReadError
from rag.export.contents import source_path
from rag.index import Index
from rag.page_images import PageImages, PageQuote, page_quotes
from rag.schema import Document, Page, PageText
from rag.web.page_view import PageImage, PageView, Place, Unavailable, checksum

WIDTH = 1200
"""Pixels across the picture of a page."""

LONGEST_QUOTE = 5000
"""Characters of the longest quote that is marked; looking for it takes longer with each."""

MOST_LEAVES = 4
"""Pages of the longest quote that are shown at once."""

_AROUND = 4000
"""Characters before and after a quote that are shown of a long page without a picture."""


class ReportPageViews:
    """The pages of the reports of ``index()``, its present generation; safe to share by threads.

    Only files of the corpus are read, by the names that the index has for them.
    """

    def __init__(self, index: Callable[[], Index], images: PageImages) -> None:
        self._index = index
        self._images = images

    def page_view(self, place: Place) -> PageView:
        """What is to be shown of ``place``; RagError where there is no such report or page."""
        index = self._index()
        document = index.document(place.document)
        pages = pages_of(document)
        start, end, moved = _quoted(place, document)
        cited = tuple(number for number, _ in page_quotes(document.text, pages, start, end))
        shown = _shown(place, pages, cited)
        page_images: tuple[PageImage, ...] = ()
        path = _path(index, document)
        unavailable = Unavailable.moved if moved else _unavailable(path, document)
        if unavailable is Unavailable.none and _has_pictures(document):
            try:
                page_images = tuple(
                    self._page_image(path, document, page, start, end) for page in shown
                )
            except ReadError:
                unavailable = Unavailable.undrawable
        text_start, text_end = _extent(document, shown, start, end)
        return PageView(
            document=document.name,
            source=document.source,
            sha256=document.sha256,
            language=document.language,
            facts=document.reading.facts,
            section=Sections(document.reading.headings).at(
                start if shown[0].number in cited else shown[0].start
            ),
            shown=shown[0],
            pages=len(pages),
            cited=cited,
            page_images=page_images,
            text=document.text[text_start:text_end],
            start=text_start,
            unavailable=unavailable,
        )

    def picture(self, place: Place) -> bytes:
        """The picture of ``place.page`` as PNG; RagError where there is none."""
        index = self._index()
        document = index.document(place.document)
        start, end, _ = _quoted(place, document)
        (page,) = _shown(place, pages_of(document), ())
        path = _path(index, document)
        if _unavailable(path, document) is not Unavailable.none or not _has_pictures(document):
            raise RagError(f"There is no picture of {document.source}.")
        quotes = _on_page(document, page, start, end)
        return self._images.picture(path, document.sha256, page.number, quotes, width=WIDTH).png

    def text(self, document: str, page: int | None) -> PageText:
        """The text of a page, from 1, or of the whole report; RagError where there is none."""
        return page_text(self._index().document(document), page)

    def _page_image(
        self, path: Path, document: Document, page: Page, start: int, end: int
    ) -> PageImage:
        image = self._images.picture(
            path,
            document.sha256,
            page.number,
            _on_page(document, page, start, end),
            width=WIDTH,
        )
        marks = tuple(mark for quote in image.marks for mark in quote)
        return PageImage(page, image.width, image.height, marks)


def _quoted(place: Place, document: Document) -> tuple[int, int, bool]:
    """The quote's span, empty where there is none; whether it is not what it was."""
    start, end = place.start, place.end
    if not 0 <= start < end <= len(document.text) or end - start > LONGEST_QUOTE:
        return 0, 0, start < end
    if place.check is not None and checksum(document.text[start:end]) != place.check:
        return 0, 0, True
    return start, end, False


def _shown(place: Place, pages: Sequence[Page], cited: Sequence[int]) -> list[Page]:
    if place.page is None and cited:
        return [pages[number - 1] for number in cited[:MOST_LEAVES]]
    number = 1 if place.page is None else place.page
    if not 1 <= number <= len(pages):
        raise RagError(f"{place.document} has {len(pages)} pages; there is no page {number}.")
    return [pages[number - 1]]


def _on_page(document: Document, page: Page, start: int, end: int) -> list[PageQuote]:
    return [quote for _, quote in page_quotes(document.text, [page], start, end)]


def _extent(document: Document, shown: Sequence[Page], start: int, end: int) -> tuple[int, int]:
    """Which characters are shown as text: whole pages, or whole lines around a quote."""
    first, last = shown[0].start, shown[-1].end
    low = max(first, min(start, last) - _AROUND) if start < end else first
    high = min(last, max(end, low) + _AROUND) if start < end else min(last, first + 2 * _AROUND)
    if low > first:
        low = document.text.find("\n", low, max(low, start)) + 1 or low
    if high < last:
        high = max(document.text.rfind("\n", min(end, high), high), 0) or high
    return low, high


def _has_pictures(document: Document) -> bool:
    return document.source.lower().endswith(".pdf")


def _path(index: Index, document: Document) -> Path:
    """The document's file; RagError where that leads out of the corpus."""
    path = source_path(index, document.source).resolve()
    if not path.is_relative_to(Path(index.manifest.corpus).resolve()):
        raise RagError(f"{document.source} does not lie within the corpus.")
    return path


def _unavailable(path: Path, document: Document) -> Unavailable:
    try:
        stat = path.stat()
        same = _digest(path, stat.st_mtime_ns, stat.st_size, stat.st_ino) == document.sha256
    except OSError:
        return Unavailable.gone
    return Unavailable.none if same else Unavailable.changed


@lru_cache(maxsize=256)
def _digest(path: Path, changed: int, size: int, inode: int) -> str:
    """The file's SHA-256, taken again once the file is another."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
