"""The page of the reports: what the index holds, what was skipped and why; adding and removing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, Response

from rag.errors import RagError
from rag.web.access.headers import PAGE_POLICY
from rag.web.access.people import Person
from rag.web.job import Job
from rag.web.passage import language_attributes
from rag.web.side_page import Side, frame, person_of, texts_of
from rag.web.site_texts import SiteTexts
from rag.web.texts import TEXTS
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

    @router.get("")
    def page(request: Request) -> Response:
        texts = texts_of(request)
        return frame(
            request,
            texts,
            texts.library,
            _body(texts, edits=edits(request), suffixes=sorted(site.folder.suffixes))
            + f'<div id="reports">{_tables(site.describe(), texts, edits=edits(request))}</div>',
            sides=sides,
            script="library.js",
        )

    @router.get("/reports")
    def reports(request: Request) -> Response:
        made = _tables(site.describe(), texts_of(request), edits=edits(request))
        return HTMLResponse(made, headers={"content-security-policy": PAGE_POLICY, **_FRESH})

    @router.get("/state")
    def state(request: Request) -> Response:
        texts, now = texts_of(request), job.state
        sources = request.query_params.getlist("source")
        said = texts.failed.format(reason=now.problem) if now.problem else texts.up_to_date
        return JSONResponse(
            {
                "running": now.running,
                "done": now.done,
                "total": now.total,
                "said": texts.building if now.running else said,
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


def _outcomes(known: Mapping[str, Any], sources: list[str], texts: SiteTexts) -> dict[str, Any]:
    """What became of each of ``sources``, in words; nothing of those not looked at yet."""
    read = {one["source"]: one["pages"] for one in known["reports"]}
    skipped = {one["source"]: one["reason"] for one in known["skipped"]}
    told: dict[str, Any] = {}
    for source in sources:
        if source in read:
            told[source] = {"good": True, "text": texts.read_pages.format(pages=read[source])}
        elif source in skipped:
            told[source] = {"good": False, "text": texts.left_out.format(reason=skipped[source])}
    return told


def _body(texts: SiteTexts, *, edits: bool, suffixes: list[str]) -> str:
    hint = f'<p class="soft">{escape(texts.library_hint)}</p>'
    if not edits:
        return hint
    return (
        f'{hint}<div class="drop" id="drop" hidden><p>{escape(texts.drop)}</p>'
        f'<input type="file" id="choose" multiple accept="{escape(",".join(suffixes))}">'
        f'<label class="button" for="choose">{escape(texts.choose)}</label></div>'
        '<ul class="files" id="files" aria-live="polite"></ul>'
        f'<div class="row"><button id="build">{escape(texts.bring_up_to_date)}</button>'
        '<progress id="progress" hidden></progress><span id="said" role="status"></span></div>'
    )


def _tables(known: Mapping[str, Any], texts: SiteTexts, *, edits: bool) -> str:
    head = (
        texts.report, texts.pages, texts.report_language, texts.issuer, texts.kind, texts.date,
        texts.quality,
    )  # fmt: skip
    rows = [_report(one, texts, edits=edits) for one in known["reports"]]
    made = _table(head, rows, edits=edits)
    if known["skipped"]:
        left = [
            f"<tr><td><bdi>{escape(one['source'])}</bdi></td><td>{escape(one['reason'])}</td>"
            f"{_remove(one['source'], texts) if edits else ''}</tr>"
            for one in known["skipped"]
        ]
        made += f"<h2>{escape(texts.skipped)}</h2>"
        made += _table((texts.report, texts.reason), left, edits=edits)
    return made


def _report(one: Mapping[str, Any], texts: SiteTexts, *, edits: bool) -> str:
    language = one["language"]
    spoken = TEXTS[language].language_name if language in TEXTS else language
    notes = "".join(f"<small>{escape(note)}</small>" for note in one["notes"])
    title = one["title"] or one["document"]
    mean, lowest = one["quality"]["mean"], one["quality"]["lowest"]
    doubt = ' class="number doubt"' if lowest is not None and lowest < DOUBTFUL else _NUMBER
    return (
        f"<tr><td><bdi{language_attributes(language)}>{escape(title)}</bdi>"
        f"<small><bdi>{escape(one['source'])}</bdi></small>{notes}</td>"
        f"<td{_NUMBER}>{one['pages']}</td><td>{escape(spoken)}</td>"
        f"<td><bdi>{escape(one['issuer'])}</bdi></td><td><bdi>{escape(one['kind'])}</bdi></td>"
        f"<td{_NUMBER}>{escape(one['date'])}</td>"
        f"<td{doubt}>{'–' if mean is None else f'{mean:.2f}'}</td>"
        f"{_remove(one['source'], texts) if edits else ''}</tr>"
    )


_NUMBER = ' class="number"'


def _remove(source: str, texts: SiteTexts) -> str:
    return (
        f'<td><button class="quiet" data-remove="{escape(source)}">{escape(texts.remove)}'
        "</button></td>"
    )


def _table(head: tuple[str, ...], rows: list[str], *, edits: bool) -> str:
    titles = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{titles}{"<th></th>" if edits else ""}'
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
