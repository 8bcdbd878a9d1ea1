"""What is asked of the pool, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag.schema import Reading


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading may cost; the seconds are of processor time, so that a busy machine harms none.

    ``page_seconds`` is for one page, ``file_seconds`` for a report beyond one second a page (and
    for each step that is not a page: opening it, putting it together, a format without pages).
    ``memory_mb`` is what a process may use besides what it starts with, in MB of 2**20 bytes.
    A process that gives no sign for ``patience`` times its limit, by the clock, is blocked.
    """

    page_seconds: float = 30.0
    file_seconds: float = 300.0
    memory_mb: int = 2048
    patience: float = 20.0

    @property
    def fingerprint(self) -> str:
        """Changes with what a file may come to within these limits."""
        return f"{self.page_seconds:g}s {self.file_seconds:g}s {self.memory_mb}MB"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. ``sha256`` is that of its bytes, where it is known already."""

    path: Path
    sha256: str = ""

    @property
    def suffix(self) -> str:
        """The suffix in lower case, with its point."""
        return self.path.suffix.lower()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: a reading, or None and the ``reason``, as sentences on what to do.

    ``sha256`` is that of the bytes that were read, empty when none were. ``limited``: the limits
    cost pages or the whole file. ``settled``: the same bytes, readers and limits give it again.
    """

    path: Path
    sha256: str
    reading: Reading | None
    reason: str = ""
    limited: bool = False
    settled: bool = True
