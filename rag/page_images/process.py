"""Pictures of pages, made by a helper process within limits of time and memory."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

from rag.errors import ReadError
from rag.page_images.glyphs import PageImage, PageQuote, Rectangle
from rag.pipes import receive, send
from rag.recent import Recent

_LONGEST = 2**28
"""Bytes of the largest picture that is taken."""

# A process of its own rather than multiprocessing's: it imports this stage and nothing else,
# whatever the main module is.
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from rag.page_images.worker import main; main(int(sys.argv[2]), int(sys.argv[3]))"
)


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What one page may cost: seconds of the clock and of the processor, memory in MiB."""

    seconds: float = 20.0
    cpu_seconds: int = 10
    memory_mb: int = 2048


class PageImages:
    """Makes pictures of pages, one at a time; safe to share by threads.

    ``kept`` of them stay in memory. The helper process starts with the first picture and ends with
    ``close``, with this process, or with a file that is too much for it; the next picture starts
    another.
    """

    def __init__(self, limits: PictureLimits | None = None, *, kept: int = 16) -> None:
        self._limits = limits or PictureLimits()
        # Not behind the lock held while a picture is made: one that is kept need not wait.
        self._pictures: Recent[tuple[Any, ...], PageImage] = Recent(kept)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the helper process."""
        with self._lock:
            self._end()

    def picture(
        self, path: Path, sha256: str, page: int, quotes: Sequence[PageQuote] = (), *, width: int
    ) -> PageImage:
        """A page, from 1, of the PDF at ``path``, with its quotes marked, ``width`` pixels wide.

        ``sha256`` is that of the bytes the quotes were taken from. Raises ReadError, the reason,
        when the file is another one by now, or cannot be drawn within the limits.
        """
        key = (sha256, page, tuple(quotes), width)
        kept = self._pictures.get(key, None)
        if kept is not None:
            return kept
        with self._lock:
            # Whoever held the lock may have asked for the same one.
            kept = self._pictures.get(key, None)
            if kept is not None:
                return kept
            image = self._ask(
                {
                    "path": str(path),
                    "sha256": sha256,
                    "page": page,
                    "quotes": [[quote.text, quote.start, quote.end] for quote in quotes],
                    "width": width,
                }
            )
            self._pictures.put(key, image)
            return image

    def _ask(self, request: dict[str, Any]) -> PageImage:
        process = self._started()
        late = threading.Timer(self._limits.seconds, process.kill)
        late.start()
        try:
            with contextlib.suppress(OSError):
                send(cast(BinaryIO, process.stdin), request)
            message = receive(cast(BinaryIO, process.stdout), longest=_LONGEST)
        except ValueError:
            message = None
        finally:
            late.cancel()
        if message is None:
            self._end()
            raise ReadError(
                f"Page {request['page']} cannot be drawn: it took too long or too much memory, "
                "or it is malformed."
            )
        header, png = message
        if "refused" in header:
            raise ReadError(header["refused"])
        boxes = tuple(tuple(Rectangle(*box) for box in quote) for quote in header["boxes"])
        marks = tuple(tuple((*mark,) for mark in quote) for quote in header["marks"])
        return PageImage(png, header["width"], header["height"], boxes, marks)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        limits = (str(self._limits.memory_mb), str(self._limits.cpu_seconds))
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, json.dumps(sys.path), *limits],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if os.environ.get("RAG_DEBUG") else subprocess.DEVNULL,
                # Ctrl-C in a terminal is for the parent.
                start_new_session=True,
            )
        except OSError as error:
            raise ReadError(f"No process for pictures can be started: {error}.") from error
        return self._process

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._process.wait()
        self._process = None
