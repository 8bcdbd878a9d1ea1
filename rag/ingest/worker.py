"""A process that reads: it takes tasks on its standard input and gives results on its output.

What a task may cost is enforced by the system, so that no file can get round it: a timer of
processor time ends the process (SIGPROF), and memory beyond the limit cannot be had. When the
process that started it goes away, so does this one.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
import queue
import signal
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from rag.errors import ReadError
from rag.ingest.codec import TooLarge, packed, unpacked
from rag.pipes import own_output, receive, send
from rag.readers import cannot_open
from rag.readers.ocr import Ocr

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

SHORT_OF_MEMORY = 103
TOO_LARGE = 104
_LEFT_ALONE = 105

_Message = tuple[dict[str, Any], bytes]


def main(steps: str, memory_mb: int) -> NoReturn:
    """Serve until standard input ends; ``steps`` is the module with the readers' steps."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks: queue.SimpleQueue[_Message] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, tasks), daemon=True).start()
    worker = _Worker(importlib.import_module(steps), own_output())
    _limit_memory(memory_mb)
    worker.say("ready")
    code = 0
    try:
        while True:
            worker.do(*tasks.get())
    except MemoryError:
        code = SHORT_OF_MEMORY
    except TooLarge:
        code = TOO_LARGE
    except BrokenPipeError:
        code = _LEFT_ALONE
    finally:
        # Without the interpreter's own end, which takes memory and waits for nothing here.
        os._exit(code or 1)


def _listen(stream: BinaryIO, tasks: queue.SimpleQueue[_Message]) -> None:
    """Pass tasks on; the end of the stream means that nobody waits for results any more."""
    try:
        while (message := receive(stream)) is not None:
            tasks.put(message)
    finally:
        os._exit(_LEFT_ALONE)


def _limit_memory(memory_mb: int) -> None:
    """Only Linux counts what is used and enforces it; elsewhere memory goes without a limit."""
    if resource is None:
        return
    with contextlib.suppress(OSError, ValueError):
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = used + memory_mb * 2**20
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow(seconds: float) -> None:
    """Let the process end after so much more processor time; 0 is without a limit."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


class _Worker:
    """Does one task after another, and keeps the file it has at hand."""

    def __init__(self, steps: Any, output: BinaryIO) -> None:
        self._steps = steps
        self._output = output
        self._path, self._sha256, self._data = "", "", b""
        self._pages: Any = None
        self._used = time.process_time()

    def do(self, task: dict[str, Any], body: bytes) -> None:
        """Do one task; every result is said as soon as it is there."""
        self._used = time.process_time()
        _allow(task["file_seconds"])
        try:
            {"open": self._open, "pages": self._read_pages, "assemble": self._assemble}[task["do"]](
                task, body
            )
        except ReadError as error:
            if _short_of_memory(error):
                raise MemoryError from error
            self.say("refused", reason=str(error), sha256=self._sha256)
        finally:
            _allow(0)

    def say(self, what: str, body: bytes = b"", **values: Any) -> None:
        """A result, with the processor time since the one before."""
        now = time.process_time()
        send(self._output, {"is": what, "seconds": now - self._used, **values}, body)
        self._used = now

    def _open(self, task: dict[str, Any], _: bytes) -> None:
        if not self._take(task["path"]):
            return
        found = self._steps.opened(self._data, task["suffix"])
        body = packed(found)
        if hasattr(found, "text"):
            self.say("reading", body, sha256=self._sha256)
        else:
            self.say("paged", body, sha256=self._sha256, pages=found.pages)

    def _read_pages(self, task: dict[str, Any], _: bytes) -> None:
        if not self._holds(task):
            return
        if self._pages is None:
            self._pages = self._steps.pages(self._data)
        for number in task["numbers"]:
            _allow(task["page_seconds"])
            body = packed(self._pages.layout(number))
            _allow(task["file_seconds"])
            self.say("page", body, number=number)

    def _assemble(self, task: dict[str, Any], body: bytes) -> None:
        from rag.readers.pdf import PageLayout, PdfProperties

        if not self._holds(task):
            return
        # What opened pages hold on to is given back before a whole report is put together.
        self._pages = None
        parts = list(parts_of(body))
        described = unpacked(PdfProperties, parts[0])
        layouts = [unpacked(PageLayout | None, part) if part else None for part in parts[1:]]
        left_out = {int(number): why for number, why in task["left_out"].items()}
        ocr = task["ocr"]
        reading = self._steps.assembled(
            self._data,
            layouts,
            described,
            left_out,
            Ocr(ocr["version"], frozenset(ocr["packs"]), ocr["advice"]),
        )
        self.say("reading", packed(reading), sha256=self._sha256)

    def _holds(self, task: dict[str, Any]) -> bool:
        """Whether the file of the task is at hand, unchanged; says so when it is not."""
        held = (self._path, self._sha256) == (task["path"], task["sha256"])
        if not held and not self._take(task["path"]):
            return False
        if self._sha256 != task["sha256"]:
            self.say("changed", sha256=self._sha256)
            return False
        return True

    def _take(self, path: str) -> bool:
        """Read the file into memory; says why when it cannot be opened."""
        self._path, self._data, self._pages = "", b"", None
        try:
            self._data = Path(path).read_bytes()
        except OSError as error:
            self.say("unopened", reason=str(cannot_open(error)))
            return False
        self._path, self._sha256 = path, hashlib.sha256(self._data).hexdigest()
        return True


def joined(parts: list[bytes]) -> bytes:
    """Several bodies as one."""
    return b"".join(struct.pack("<I", len(part)) + part for part in parts)


def parts_of(body: bytes) -> list[bytes]:
    """The bodies that were ``joined``."""
    parts, at = [], 0
    while at < len(body):
        (length,) = struct.unpack_from("<I", body, at)
        parts.append(body[at + 4 : at + 4 + length])
        at += 4 + length
    return parts


def _short_of_memory(error: BaseException | None) -> bool:
    """Whether a refusal came of memory that could not be had."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False
