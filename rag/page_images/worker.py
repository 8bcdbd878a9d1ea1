"""The process that runs pdfium: requests on standard input, answers on standard output.

A file that makes pdfium crash, run on or take all memory ends this process and nothing else. When
the process that started it goes away, so does this one.
"""

from __future__ import annotations

import contextlib
import hashlib
import sys
from pathlib import Path
from typing import Any

from rag.errors import ReadError
from rag.page_images.glyphs import PageQuote
from rag.page_images.pdfium import PdfPages
from rag.pipes import own_output, receive, send

try:
    import resource
except ImportError:  # Windows, where memory goes without a limit
    resource = None  # type: ignore[assignment]


def main(memory_mb: int, cpu_seconds: int) -> None:
    """Serve until standard input ends; each request may take ``cpu_seconds`` of the processor."""
    answers = own_output()
    _limit_memory(memory_mb)
    files = _OneFile()
    while (message := receive(sys.stdin.buffer)) is not None:
        _allow(cpu_seconds)
        request, _ = message
        try:
            header, body = _answer(files, request)
        except (ReadError, MemoryError) as error:
            files.close()
            header, body = {"refused": str(error) or "It needs more memory than there is."}, b""
        with contextlib.suppress(BrokenPipeError):
            send(answers, header, body)


class _OneFile:
    """The file asked for last, which the next request most likely asks for again."""

    def __init__(self) -> None:
        self._key = ("", "")
        self._pages: PdfPages | None = None

    def pages(self, path: str, sha256: str) -> PdfPages:
        """The file at ``path``, whose bytes must have this SHA-256; ReadError otherwise."""
        if self._pages is not None and self._key == (path, sha256):
            return self._pages
        self.close()
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise ReadError(f"The file cannot be opened: {error.strerror}.") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ReadError("The file is not the one that was indexed any more.")
        self._pages, self._key = PdfPages(data), (path, sha256)
        return self._pages

    def close(self) -> None:
        """Let go of it."""
        if self._pages is not None:
            self._pages.close()
        self._pages = None


def _answer(files: _OneFile, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    pages = files.pages(request["path"], request["sha256"])
    quotes = [PageQuote(*one) for one in request["quotes"]]
    image = pages.picture(request["page"], quotes, request["width"])
    boxes = [[[b.left, b.bottom, b.right, b.top] for b in quote] for quote in image.boxes]
    header = {"width": image.width, "height": image.height, "boxes": boxes, "marks": image.marks}
    return header, image.png


def _limit_memory(memory_mb: int) -> None:
    if resource is None:
        return
    for what, most in ((resource.RLIMIT_AS, memory_mb * 2**20), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(OSError, ValueError):
            _, hard = resource.getrlimit(what)
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (least, hard))


def _allow(cpu_seconds: int) -> None:
    """Let the system end this process after so much more processor time."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + cpu_seconds
    with contextlib.suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
