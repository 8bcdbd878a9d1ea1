"""How many requests are under way, and whether new ones are still taken."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Traffic:
    """Shared by the gate, which counts, and by the server, which waits; safe to share by threads.

    ``stopping``: new requests are turned away; ``closed`` ends those that would never end.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way = 0
        self._away: Counter[str] = Counter()
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
        with self._lock:
            self._away[reason] += 1

    def counts_away(self) -> dict[str, int]:
        """Requests that were not let in, by reason."""
        with self._lock:
            return dict(self._away)
