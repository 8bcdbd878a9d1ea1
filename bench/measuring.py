"""What the benchmarks share: time, memory, and tables."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from rag.encoder.onnx_backend import processors


@dataclass
class Timed:
    """Seconds that one way took, by the clock and of the processor."""

    name: str
    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def run(self, work: Callable[..., object], *arguments: object) -> None:
        """Do ``work`` with ``arguments`` and note what it took."""
        processor, wall = time.process_time(), time.perf_counter()
        work(*arguments)
        self.wall.append(time.perf_counter() - wall)
        self.processor.append(time.process_time() - processor)

    @property
    def ms(self) -> float:
        """Milliseconds by the clock, median."""
        return 1000 * median(self.wall)

    @property
    def processor_ms(self) -> float:
        """Milliseconds of the processor, median."""
        return 1000 * median(self.processor)

    def percentile(self, share: float) -> float:
        """Milliseconds by the clock that ``share``, 0 to 100, of the runs took at most."""
        return float(1000 * np.percentile(self.wall, share))


def taking_turns(
    ways: Sequence[tuple[Timed, Callable[[Any], object]]], items: Iterable[Any]
) -> None:
    """Every way once with each item before the next, so that all meet the same disturbance.

    Another one begins each time: the caches are as the one before has left them.
    """
    for number, item in enumerate(items):
        first = number % len(ways)
        for timed, work in [*ways[first:], *ways[:first]]:
            timed.run(work, item)


def say(text: str) -> None:
    """Tell on stderr how far it is."""
    print(text, file=sys.stderr, flush=True)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown; floats with three digits that count."""
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
    return str(value)


def machine() -> str:
    """Processors and what they can do, in words."""
    flags = _line("/proc/cpuinfo", "flags")
    known = [
        name for name in ("avx2", "avx512f", "avx512_vnni", "avx_vnni") if name in flags.split()
    ]
    return f"{processors()} processors ({', '.join(known) or 'no vector units known'})"


def resident_mb() -> float:
    """Memory of this process that is resident, mapped files among it, in MB."""
    return _kilobytes("VmRSS") / 1024


def peak_mb() -> float:
    """The most that was ever resident, in MB."""
    return _kilobytes("VmHWM") / 1024


def _kilobytes(name: str) -> float:
    return float((_line("/proc/self/status", name) or "0").split()[0])


def _line(path: str, name: str) -> str:
    file = Path(path)
    for line in file.read_text().splitlines() if file.is_file() else ():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value
    return ""
