"""The file of a record: lines are added at its end, by one writer at a time, and stay."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from rag.audit.chain import FIRST, entry, intact, line_hash, sealed
from rag.errors import RagError

_WAIT = 30.0
_BLOCK = 65536


class Ledger:
    """Adds entries to the record in ``path``; safe to share by threads and processes.

    ``say`` is told, in a sentence, when a line that was cut off is moved aside.
    """

    def __init__(self, path: Path, say: Callable[[str], None] = lambda _: None) -> None:
        self.path = path
        self._say = say

    def append(self, values: Mapping[str, Any]) -> str:
        """Add ``values`` as the next line, on disk when this returns; gives its hash, the new head.

        What a crash left of a last line goes to a file beside, which the entry names. Raises
        RagError when the entry cannot be written, or must not be: the last line is no entry.
        """
        with _for_a_person(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Made anew each time: an instance lets its own thread in a second time.
            with FileLock(f"{self.path}.lock", timeout=_WAIT):
                return self._append(values)

    def _append(self, values: Mapping[str, Any]) -> str:
        is_new = not self.path.exists()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            values = {**values, **self._mended(descriptor)}
            end = os.lseek(descriptor, 0, os.SEEK_END)
            last = _last_line(descriptor, end)
            number, previous = 1, FIRST
            if last is not None:
                known = entry(last)
                if known is None or not intact(last):
                    raise RagError(
                        f"The last line of the record {self.path} is damaged, and nothing is added "
                        "after it. `rag audit` says more; move the file away to begin another."
                    )
                number, previous = known["number"] + 1, line_hash(last)
            line = sealed(values, number, previous)
            try:
                _write(descriptor, line + b"\n")
                os.fsync(descriptor)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(descriptor, end)
                raise
        finally:
            os.close(descriptor)
        if is_new:
            _folder_to_disk(self.path.parent)
        return line_hash(line)

    def _mended(self, descriptor: int) -> dict[str, Any]:
        """Move a last line without its end aside; what the next entry says of it."""
        size = os.lseek(descriptor, 0, os.SEEK_END)
        start = _after_last_line_feed(descriptor, size)
        torn = _read(descriptor, start, size)
        if not torn:
            return {}
        if intact(torn):
            # Only its line feed was lost.
            _write(descriptor, b"\n")
            os.fsync(descriptor)
            return {}
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        aside = self.path.with_name(f"{self.path.name}.torn-{stamp}")
        with aside.open("xb") as file:
            file.write(torn)
            file.flush()
            os.fsync(file.fileno())
        _folder_to_disk(self.path.parent)
        os.ftruncate(descriptor, start)
        os.fsync(descriptor)
        self._say(
            f"The last line of the record {self.path} was cut off, as a crash leaves it; its "
            f"{len(torn)} bytes are now in {aside}."
        )
        about = {"file": aside.name, "bytes": len(torn), "sha256": line_hash(torn)}
        return {"torn": about}


def read_lines(path: Path) -> tuple[list[bytes], bytes]:
    """The lines of a record without their line feeds, and what follows the last line feed.

    Raises RagError where there is no such file.
    """
    try:
        *lines, rest = path.read_bytes().split(b"\n")
    except OSError as error:
        raise RagError(
            f"The record {path} cannot be read: {error.strerror}. Name the file: `rag audit FILE`."
        ) from error
    return lines, rest


@contextmanager
def _for_a_person(path: Path) -> Iterator[None]:
    try:
        yield
    except Timeout:
        raise RagError(
            f"The record {path} is held by another program for longer than {_WAIT:.0f} s. "
            "An answer is not given without its entry; try again."
        ) from None
    except OSError as error:
        raise RagError(
            f"The record {path} could not be written: {error.strerror or error}. An answer is not "
            "given without its entry; make room, or see that you may write there."
        ) from error


def _after_last_line_feed(descriptor: int, end: int) -> int:
    """Where what follows the last line feed before ``end`` begins."""
    while end > 0:
        start = max(0, end - _BLOCK)
        at = _read(descriptor, start, end).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        end = start
    return 0


def _last_line(descriptor: int, end: int) -> bytes | None:
    """The last line of a file that ends in a line feed at ``end``; None where it is empty."""
    if end == 0:
        return None
    return _read(descriptor, _after_last_line_feed(descriptor, end - 1), end - 1)


def _read(descriptor: int, start: int, end: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)
    parts = []
    while start < end:
        part = os.read(descriptor, end - start)
        if not part:
            break
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def _write(descriptor: int, data: bytes) -> None:
    os.lseek(descriptor, 0, os.SEEK_END)
    while data:
        data = data[os.write(descriptor, data) :]


def _folder_to_disk(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
