"""How many requests are under way, and whether new ones are still taken."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge


class Traffic:
    """Shared by the gate, which counts, and by the server, which waits; safe to share by threads.

    ``stopping``: new requests are turned away; ``closed`` ends those that would never end. What is
    counted is told by ``registry``.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._lock = Lock()
        self._under_way = 0
        Gauge("rag_requests_in_flight", "Requests under way.", registry=registry).set_function(
            lambda: self._under_way
        )
        self._away = Counter(
            "rag_requests_turned_away",
            "Requests that were not let in.",
            ["reason"],
            registry=registry,
        )
        for reason in ("limit", "stopping"):
            self._away.labels(reason)
        self.stopping = False
        self.closed = asyncio.Event()

    @contextmanager
    def request(self) -> Iterator[None]:
        """A request is under way within."""
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    @property
    def under_way(self) -> int:
        """Requests under way."""
        return self._under_way

    def turned_away(self, reason: str) -> None:
        """Count a request that was not let in."""
        self._away.labels(reason).inc()
