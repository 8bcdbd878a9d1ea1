"""The page of the reports: what the index holds, what was skipped and why; adding and removing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, Response

from rag.errors import RagError
from rag.locale import Catalogue
from rag.web.access.headers import PAGE_POLICY
from rag.web.access.people import Person
from rag.web.job import Job
from rag.web.rendering import render
from rag.web.side_page import Side, person_of, side_page, texts_of
from rag.web.uploads import AlreadyThere, CorpusFolder, clean_name

DOUBTFUL = 0.8
"""Below this quality a page must be checked against the report itself."""


@dataclass(frozen=True, slots=True)
class LibrarySite:
    """What the page of the reports shows and changes.

    ``describe`` gives the object of ``rag info --json``, ``build`` brings the index up to date and
    is given a ``rag.index.Progress``; ``may_edit`` says who may change anything.
    """

    folder: CorpusFolder
    describe: Callable[[], Mapping[str, Any]]
    build: Callable[[Any], object]
    may_edit: Callable[[Person], bool]


def library_page(site: LibrarySite, job: Job, sides: Sequence[Side]) -> APIRouter:
    """The routes ``/library…``; ``job`` is where the index is built."""
    router = APIRouter(prefix="/library", include_in_schema=False)

    def build(progress: Any) -> None:
        site.build(progress)

    def edits(request: Request) -> bool:
        return site.folder.editable and site.may_edit(person_of(request))

    def tables(request: Request) -> dict[str, object]:
        return {"known": site.describe(), "edits": edits(request), "doubtful": DOUBTFUL}

    @router.get("")
    def page(request: Request) -> Response:
        return side_page(
            request,
            "library.html",
            texts_of(request).site.library,
            sides=sides,
            script="library.js",
            suffixes=sorted(site.folder.suffixes),
            **tables(request),
        )

    @router.get("/reports")
    def reports(request: Request) -> Response:
        made = render("library_tables.html", texts_of(request), **tables(request))
        return HTMLResponse(made, headers={"content-security-policy": PAGE_POLICY, **_FRESH})

    @router.get("/state")
    def state(request: Request) -> Response:
        texts, now = texts_of(request), job.state
        own = texts.site
        sources = request.query_params.getlist("source")
        said = own.failed.format(reason=now.problem) if now.problem else own.up_to_date
        return JSONResponse(
            {
                "running": now.running,
                "done": now.done,
                "total": now.total,
                "said": own.building if now.running else said,
                "good": not now.problem,
                "outcomes": _outcomes(site.describe(), sources, texts),
            },
            headers=_FRESH,
        )

    @router.put("/files/{name:path}")
    async def add(name: str, request: Request, replace: bool = False) -> Response:
        if not edits(request):
            return _forbidden()
        try:
            cleaned = clean_name(name, site.folder.suffixes)
            length = request.headers.get("content-length", "")
            if length.isdigit():
                site.folder.room(int(length))
            with site.folder.receive(cleaned, replace=replace) as reception:
                async for piece in request.stream():
                    reception.write(piece)
                await run_in_threadpool(reception.keep)
        except AlreadyThere as error:
            return JSONResponse({"detail": str(error)}, 409)
        except RagError as error:
            return JSONResponse({"detail": str(error)}, 422)
        except OSError as error:
            return JSONResponse({"detail": f"It cannot be kept: {error.strerror}."}, 507)
        return JSONResponse({"source": reception.source}, 201)

    @router.delete("/files/{source:path}")
    def remove(source: str, request: Request) -> Response:
        if not edits(request):
            return _forbidden()
        known = site.describe()
        listed = [one["source"] for one in known["reports"]]
        try:
            if listed == [source]:
                raise RagError("The last report cannot be removed; add another one first.")
            if source not in [*listed, *(one["source"] for one in known["skipped"])]:
                raise RagError(f"There is no report {source} in the library.")
            site.folder.remove(source)
        except RagError as error:
            return JSONResponse({"detail": str(error)}, 422)
        return Response(status_code=204)

    @router.post("/build")
    def rebuild(request: Request) -> Response:
        if not edits(request):
            return _forbidden()
        job.ask(build)
        return Response(status_code=202)

    return router


_FRESH = {"cache-control": "no-store"}


def _forbidden() -> Response:
    return JSONResponse({"detail": "You may look at the library, but not change it."}, 403)


def _outcomes(known: Mapping[str, Any], sources: list[str], texts: Catalogue) -> dict[str, Any]:
    """What became of each of ``sources``, in words; nothing of those not looked at yet."""
    read = {one["source"]: one["pages"] for one in known["reports"]}
    skipped = {one["source"]: one["reason"] for one in known["skipped"]}
    told: dict[str, Any] = {}
    for source in sources:
        if source in read:
            told[source] = {"good": True, "text": texts.site.read_pages.format(read[source])}
        elif source in skipped:
            told[source] = {
                "good": False,
                "text": texts.site.left_out.format(reason=skipped[source]),
            }
    return told
