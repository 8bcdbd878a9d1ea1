"""Token buckets: so much at once and so much a minute, for each key apart."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable


class Buckets:
    """A bucket a key, which holds ``size`` tokens and gains ``per_minute`` of them.

    ``size`` 0 means no limit. The ``kept`` keys used last are remembered: a forgotten one starts
    with a full bucket, which is what it would have filled to. Safe to share by threads; ``now``
    gives seconds that only grow.
    """

    def __init__(
        self,
        size: float,
        per_minute: float,
        *,
        kept: int = 10_000,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._size = size
        self._rate = per_minute / 60
        self._kept = kept
        self._now = now
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> bool:
        """Take a token; False where there is none."""
        return self.wait(key, take=True) == 0

    def give(self, key: str) -> None:
        """Give back a token that was taken."""
        with self._lock:
            if key in self._held:
                tokens, since = self._held[key]
                self._held[key] = (min(self._size, tokens + 1), since)

    def wait(self, key: str, *, take: bool = False) -> float:
        """Seconds until there is a token, 0 where there is one, which ``take`` then takes."""
        if not self._size:
            return 0
        with self._lock:
            now = self._now()
            tokens, since = self._held.pop(key, (self._size, now))
            tokens = min(self._size, tokens + (now - since) * self._rate)
            lacking = 1 - tokens
            if take and lacking <= 0:
                tokens -= 1
            self._held[key] = (tokens, now)
            while len(self._held) > self._kept:
                self._held.popitem(last=False)
        if lacking <= 0:
            return 0
        return lacking / self._rate if self._rate else float("inf")
