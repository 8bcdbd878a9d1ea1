"""The pages of a report, by number."""

from __future__ import annotations

from rag.errors import RagError
from rag.schema import Document, Page, PageText


def pages_of(document: Document) -> tuple[Page, ...]:
    """The pages of ``document``, at least one."""
    return document.reading.pages or (Page(1, 0, len(document.text)),)


def page_of(document: Document, number: int) -> Page:
    """The page with this number, from 1. Raises RagError where there is none."""
    pages = pages_of(document)
    if not 1 <= number <= len(pages):
        raise RagError(f"{document.source} has {len(pages)} pages; there is no page {number}.")
    return pages[number - 1]


def page_text(document: Document, number: int | None) -> PageText:
    """The text of the page with this number, or of the whole document for None.

    Raises RagError where there is no such page.
    """
    page = None if number is None else page_of(document, number)
    start, end = (0, len(document.text)) if page is None else (page.start, page.end)
    return PageText(
        document=document.name,
        source=document.source,
        language=document.language,
        page=page,
        pages=len(pages_of(document)),
        start=start,
        end=end,
        text=document.text[start:end],
    )
