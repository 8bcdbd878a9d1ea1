"""The page that measures: a file of test queries in, the report of `rag eval --html` out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from rag.web.access.headers import REPORT_POLICY
from rag.web.access.people import Person
from rag.web.job import Job
from rag.web.side_page import Side, person_of, side_page, texts_of

SENT = "queries.jsonl"
"""What a file that was sent is called in its report."""


@dataclass(frozen=True, slots=True)
class EvaluateSite:
    """What the page measures with.

    ``files`` gives the files of test queries that lie on the server, by the name shown; ``measure``
    gives the report as HTML, is given the file, its name and a ``rag.index.Progress``, and may
    raise RagError.
    """

    files: Callable[[], Mapping[str, Path]]
    measure: Callable[[Path, str, Any], str]
    may_edit: Callable[[Person], bool]


def evaluate_page(site: EvaluateSite, job: Job, sides: Sequence[Side]) -> APIRouter:
    """The routes ``/evaluate…``; ``job`` is where it is measured."""
    router = APIRouter(prefix="/evaluate", include_in_schema=False)
    latest = _Latest()

    def measure(path: Path, name: str, progress: Any) -> None:
        latest.keep(site.measure(path, name, progress))

    def measure_sent(content: bytes, progress: Any) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / SENT
            path.write_bytes(content)
            measure(path, SENT, progress)

    @router.get("")
    def page(request: Request) -> Response:
        edits = site.may_edit(person_of(request))
        return side_page(
            request,
            "evaluate.html",
            texts_of(request).site.evaluate,
            sides=sides,
            script="evaluate.js" if edits else "",
            edits=edits,
        )

    @router.get("/files")
    def files(request: Request) -> Response:
        if not site.may_edit(person_of(request)):
            return _forbidden()
        return JSONResponse(list(site.files()), headers={"cache-control": "no-store"})

    @router.post("/run")
    def run(request: Request, file: str) -> Response:
        if not site.may_edit(person_of(request)):
            return _forbidden()
        if job.state.running:
            return _busy()
        path = site.files().get(file)
        if path is None:
            return JSONResponse({"detail": f"There is no file {file} here."}, 404)
        job.ask(partial(measure, path, file))
        return Response(status_code=202)

    @router.put("/queries")
    async def run_sent(request: Request) -> Response:
        if not site.may_edit(person_of(request)):
            return _forbidden()
        content = await request.body()
        if job.state.running:
            return _busy()
        job.ask(partial(measure_sent, content))
        return Response(status_code=202)

    @router.get("/state")
    def state(request: Request) -> Response:
        texts, now = texts_of(request).site, job.state
        said = texts.running if now.running else ""
        if now.problem and not now.running:
            said = texts.failed.format(reason=now.problem)
        return JSONResponse(
            {
                "running": now.running,
                "done": now.done,
                "total": now.total,
                "said": said,
                "good": not now.problem,
                "reports": latest.count,
            },
            headers={"cache-control": "no-store"},
        )

    @router.get("/report")
    def report(request: Request) -> Response:
        made = latest.report
        if made is None or not site.may_edit(person_of(request)):
            return Response(status_code=404)
        headers = {"content-security-policy": REPORT_POLICY, "cache-control": "no-store"}
        return HTMLResponse(made, headers=headers)

    return router


class _Latest:
    """The report made last, and how many were made; safe to share by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._report: str | None = None
        self._count = 0

    def keep(self, report: str) -> None:
        with self._lock:
            self._report = report
            self._count += 1

    @property
    def report(self) -> str | None:
        with self._lock:
            return self._report

    @property
    def count(self) -> int:
        with self._lock:
            return self._count


def _forbidden() -> Response:
    return JSONResponse({"detail": "Only who may edit the library may measure."}, 403)


def _busy() -> Response:
    return JSONResponse({"detail": "Another file is being measured. Wait until it is done."}, 409)
