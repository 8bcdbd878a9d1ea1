"""Whether the server lives, whether it can answer, and what it counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import JSONResponse, PlainTextResponse, Response

from rag.errors import RagError
from rag.web import metrics
from rag.web.access.traffic import Traffic
from rag.web.metered_assistant import Meter


@dataclass(frozen=True, slots=True)
class Held:
    """What the generation that answers has, in numbers."""

    generation: str
    documents: int
    pages: int
    chunks: int


def health(
    ready: Callable[[], bool], held: Callable[[], Held], meter: Meter, traffic: Traffic
) -> APIRouter:
    """``/healthz``, ``/readyz`` and ``/metrics``.

    Ready is a server whose index is open and whose model is loaded and that is not stopping; it
    names the generation, and why it is not ready only its log says.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    def alive() -> Response:
        return JSONResponse({"ok": True}, headers=_FRESH)

    @router.get("/readyz")
    def is_ready() -> Response:
        found = None if traffic.stopping or not ready() else _found(held)
        if found is None:
            return JSONResponse({"ready": False}, 503, _FRESH)
        return JSONResponse({"ready": True, "generation": found.generation}, headers=_FRESH)

    @router.get("/metrics")
    def measured() -> Response:
        found = _found(held) if ready() else None
        parts = [
            *meter.lines(),
            metrics.metric(
                "rag_requests_in_flight", "Requests under way.", "gauge", traffic.under_way
            ),
            metrics.labelled(
                "rag_requests_turned_away_total",
                "Requests that were not let in.",
                "counter",
                "reason",
                {"limit": 0, "stopping": 0, **traffic.counts_away()},
            ),
            metrics.metric(
                "rag_ready", "1 where questions are answered.", "gauge", int(found is not None)
            ),
            *(_index_lines(found) if found else ()),
        ]
        return PlainTextResponse(
            metrics.page(parts), headers=_FRESH, media_type=metrics.CONTENT_TYPE
        )

    return router


_FRESH = {"cache-control": "no-store"}


def _found(held: Callable[[], Held]) -> Held | None:
    try:
        return held()
    except RagError:
        return None


def _index_lines(found: Held) -> list[list[str]]:
    return [
        metrics.labelled(
            "rag_index_info", "The generation that answers.", "gauge", "generation",
            {found.generation: 1},
        ),
        metrics.metric("rag_documents", "Reports in the index.", "gauge", found.documents),
        metrics.metric("rag_pages", "Pages in the index.", "gauge", found.pages),
        metrics.metric("rag_passages", "Passages in the index.", "gauge", found.chunks),
    ]  # fmt: skip
