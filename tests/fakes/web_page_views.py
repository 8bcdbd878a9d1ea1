"""The passages of ``fakes.web_assistant`` as pages without pictures; one report is gone."""

from __future__ import annotations

from fakes.web_assistant import HITS, REPORTS
from rag.errors import RagError
from rag.schema import Page, PageText
from rag.web.page_view import PageView, Place, Unavailable

GONE = REPORTS[3].name


class FakePageViews:
    """Shows the passage that holds the quote, whatever page is asked for."""

    def page_view(self, place: Place) -> PageView:
        report = next((one for one in REPORTS if one.name == place.document), None)
        hit = next(
            (
                hit
                for hit in HITS.values()
                if hit.chunk.document == place.document
                and hit.chunk.start <= place.start < place.end <= hit.chunk.end
            ),
            None,
        )
        if report is None or hit is None:
            raise RagError(f"There is no document {place.document!r} in the index.")
        number = place.page or hit.page
        return PageView(
            document=report.name,
            source=report.source,
            sha256="0" * 64,
            language=report.language,
            facts=report.facts,
            section=hit.chunk.section,
            shown=Page(number, hit.chunk.start, hit.chunk.end, hit.page_label, 0.97),
            pages=report.pages,
            cited=(hit.page,),
            page_images=(),
            text=hit.chunk.text,
            start=hit.chunk.start,
            unavailable=Unavailable.gone if report.name == GONE else Unavailable.none,
        )

    def picture(self, place: Place) -> bytes:
        raise RagError(f"There is no picture of {place.document}.")

    def text(self, document: str, page: int | None) -> PageText:
        text = "First page.\fSecond page."
        pages = (Page(1, 0, 11, "i", 0.9), Page(2, 12, 24, None, 1.0))
        if page is not None and page > 2:
            raise RagError(f"{document} has 2 pages; there is no page {page}.")
        one = None if page is None else pages[page - 1]
        start, end = (0, len(text)) if one is None else (one.start, one.end)
        return PageText(document, f"{document}.pdf", "en", one, 2, start, end, text[start:end])
