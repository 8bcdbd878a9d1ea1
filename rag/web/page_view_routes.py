"""Where the page's script fetches pages of reports: a fragment of HTML, and its pictures.

The addresses are the page's own business; programs have the named interface ``show``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rag.errors import RagError
from rag.locale import catalogue
from rag.web.page_view import Place
from rag.web.page_view_html import PICTURE, page_view_html, problem_html
from rag.web.protocol import PageViews

if TYPE_CHECKING:
    from starlette.requests import Request

SHEET = "sheet"
"""Where the fragment is, relative to the chat's own address."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'",
    "Cache-Control": "private, no-store",
}
# A picture's address has the digest of its file in it.
_KEPT = {**_HEADERS, "Cache-Control": "private, max-age=3600"}


def page_view_routes(page_views: PageViews) -> list[Route]:
    """The two addresses; each answers in a thread of its own."""

    def fragment(request: Request) -> Response:
        texts = catalogue(request.query_params.get("lang", ""))
        try:
            place = _place(request)
            html = page_view_html(
                page_views.page_view(place),
                place,
                texts,
                number=_whole(request, "number"),
                count=_whole(request, "count"),
            )
        except RagError as error:
            return HTMLResponse(problem_html(str(error), texts), 404, {**_HEADERS, "X-Sheet": ""})
        return HTMLResponse(html.encode("utf-8", "replace"), 200, _HEADERS)

    def picture(request: Request) -> Response:
        try:
            png = page_views.picture(_place(request))
        except RagError as error:
            return Response(str(error), 404, _HEADERS, "text/plain")
        return Response(png, 200, _KEPT, "image/png")

    return [Route(f"/{SHEET}", fragment), Route(f"/{PICTURE}", picture)]


def _place(request: Request) -> Place:
    return Place(
        document=request.query_params.get("document", ""),
        page=_whole(request, "page") or None,
        start=_whole(request, "start"),
        end=_whole(request, "end"),
        check=_whole(request, "check") if "check" in request.query_params else None,
    )


def _whole(request: Request, name: str) -> int:
    """A number of the address, 0 where it is none."""
    value = request.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 12 else 0
