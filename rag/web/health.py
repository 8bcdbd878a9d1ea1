"""Whether the server lives, whether it can answer, and what it counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.responses import JSONResponse, Response

from rag.errors import RagError
from rag.web.access.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Held:
    """What the generation that answers has, in numbers."""

    generation: str
    documents: int
    pages: int
    chunks: int


def health(
    ready: Callable[[], bool],
    held: Callable[[], Held],
    traffic: Traffic,
    registry: CollectorRegistry,
) -> APIRouter:
    """``/healthz``, ``/readyz`` and ``/metrics``, which tells what ``registry`` counted.

    Ready is a server whose index is open and whose model is loaded and that is not stopping; it
    names the generation, and why it is not ready only its log says.
    """
    router = APIRouter(include_in_schema=False)

    def found() -> Held | None:
        try:
            return held() if ready() else None
        except RagError:
            return None

    registry.register(_Index(found))

    @router.get("/healthz")
    def alive() -> Response:
        return JSONResponse({"ok": True}, headers=_FRESH)

    @router.get("/readyz")
    def is_ready() -> Response:
        answering = None if traffic.stopping else found()
        if answering is None:
            return JSONResponse({"ready": False}, 503, _FRESH)
        return JSONResponse({"ready": True, "generation": answering.generation}, headers=_FRESH)

    @router.get("/metrics")
    def measured(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={**_FRESH, "content-type": content_type})

    return router


_FRESH = {"cache-control": "no-store"}


class _Index(Collector):
    """Whether questions are answered, and what the index has that answers them."""

    def __init__(self, found: Callable[[], Held | None]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        found = self._found()
        yield GaugeMetricFamily(
            "rag_ready", "1 where questions are answered.", int(found is not None)
        )
        if found is None:
            return
        info = GaugeMetricFamily(
            "rag_index_info", "The generation that answers.", labels=["generation"]
        )
        info.add_metric([found.generation], 1)
        yield info
        yield GaugeMetricFamily("rag_documents", "Reports in the index.", found.documents)
        yield GaugeMetricFamily("rag_pages", "Pages in the index.", found.pages)
        yield GaugeMetricFamily("rag_passages", "Passages in the index.", found.chunks)
