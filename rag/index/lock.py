"""One writer at a time."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import RagError
from rag.index.generations import writing


@contextmanager
def write_lock(root: Path) -> Iterator[None]:
    """Hold the right to write to the index in ``root``, which is made.

    Raises RagError when another process holds it, naming it. A killed process holds nothing.
    """
    owner = root / "build.owner.json"
    lock = FileLock(root / "build.lock", timeout=0)
    with writing(root):
        root.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout:
            raise RagError(
                f"Another build is writing to the index in {root}{_who(owner)}. "
                "Wait until it is done, or end it."
            ) from None
    try:
        with writing(root):
            # Beside the lock, because taking the lock may empty the file that is locked.
            about = {"pid": os.getpid(), "host": socket.gethostname(), "since": _now()}
            owner.write_text(json.dumps(about) + "\n", "utf-8")
        yield
    finally:
        with suppress(OSError):
            owner.unlink(missing_ok=True)
        lock.release()


def _who(owner: Path) -> str:
    try:
        about = json.loads(owner.read_text("utf-8"))
        return f" (process {about['pid']} on {about['host']}, since {about['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
