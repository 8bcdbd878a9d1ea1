"""What is counted while the server runs, in the text format that Prometheus reads."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from threading import Lock

BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Upper bounds of the histogram's classes, in seconds."""

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""The media type of version 0.0.4 of the format."""


class Histogram:
    """How many values lie at or below each of ``BOUNDS``; safe to share by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts = [0] * (len(BOUNDS) + 1)
        self._sum = 0.0

    def add(self, seconds: float) -> None:
        """Count a value."""
        with self._lock:
            self._counts[bisect_left(BOUNDS, seconds)] += 1
            self._sum += seconds

    def lines(self, name: str, explained: str) -> list[str]:
        """The histogram called ``name``, its classes cumulative."""
        with self._lock:
            counts, total = list(self._counts), self._sum
        made = _head(name, explained, "histogram")
        below = 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
            below += count
            made.append(f'{name}_bucket{{le="{bound}"}} {below}')
        return [*made, f"{name}_sum {total!r}", f"{name}_count {below}"]


def metric(name: str, explained: str, kind: str, value: float) -> list[str]:
    """One number; ``kind`` is ``counter`` or ``gauge``."""
    return [*_head(name, explained, kind), f"{name} {value!r}"]


def labelled(
    name: str, explained: str, kind: str, label: str, values: Mapping[str, float]
) -> list[str]:
    """Numbers told apart by one label."""
    told = (f'{name}{{{label}="{_escaped(key)}"}} {values[key]!r}' for key in sorted(values))
    return [*_head(name, explained, kind), *told]


def page(parts: Iterable[list[str]]) -> str:
    """The whole text."""
    return "".join(f"{line}\n" for part in parts for line in part)


def _head(name: str, explained: str, kind: str) -> list[str]:
    return [f"# HELP {name} {explained}", f"# TYPE {name} {kind}"]


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
