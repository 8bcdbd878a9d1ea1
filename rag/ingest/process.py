"""The parent's end of a worker: starting it, giving it tasks, hearing from it, ending it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any, BinaryIO, cast

from rag.ingest.outcome import Source
from rag.ingest.worker import SHORT_OF_MEMORY, TOO_LARGE
from rag.pipes import receive, send

# A process of its own rather than multiprocessing's: it imports the readers and nothing else,
# whatever the main module is, and no pickle is ever read from one that met a hostile file.
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from rag.ingest.worker import main; main(sys.argv[2], int(sys.argv[3]))"
)

Event = tuple["WorkerProcess", dict[str, Any] | None, bytes]


class WorkerProcess:
    """One worker. What it says goes to ``events``, and at its end ``(self, None, b"")``.

    ``fresh`` until it was given a task; ``file`` is the one it has open. Raises OSError when no
    process can be started.
    """

    def __init__(self, events: queue.SimpleQueue[Any], steps: str, memory_mb: int) -> None:
        self.fresh = True
        self.file: Source | None = None
        self.ready = False
        self.deadline: float | None = None
        self._blocked = False
        self._events = events
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, json.dumps(sys.path), steps, str(memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("RAG_DEBUG") else subprocess.DEVNULL,
            # Ctrl-C in a terminal is for the parent, which ends its workers itself.
            start_new_session=True,
        )
        self._input = cast(BinaryIO, self._process.stdin)
        self._output = cast(BinaryIO, self._process.stdout)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def give(self, task: Mapping[str, Any], body: bytes) -> None:
        """A task; when the process is gone already, its end is in ``events``."""
        self.fresh = False
        with contextlib.suppress(OSError):
            send(self._input, task, body)

    def wait_until(self, deadline: float | None) -> None:
        """When the process counts as blocked unless it gives a sign (``time.monotonic``)."""
        self.deadline = deadline

    def end_if_blocked(self) -> None:
        """End it when its deadline is over."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            self._blocked, self.deadline = True, None
            self._process.kill()

    def why_ended(self) -> str:
        """``time``, ``memory``, ``size``, ``blocked``, ``killed`` or ``crash``."""
        code = self._process.wait()
        if code == SHORT_OF_MEMORY:
            return "memory"
        if code == TOO_LARGE:
            return "size"
        if self._blocked:
            # Where no timer counts processor time, the clock is all there is.
            return "blocked" if hasattr(signal, "setitimer") else "time"
        if hasattr(signal, "SIGPROF") and code == -signal.SIGPROF:
            return "time"
        return "killed" if hasattr(signal, "SIGKILL") and code == -signal.SIGKILL else "crash"

    def end(self) -> None:
        """End it and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        with contextlib.suppress(OSError):
            self._input.close()

    def _listen(self) -> None:
        with self._output:
            try:
                while (message := receive(self._output)) is not None:
                    self._events.put((self, *message))
            except (OSError, ValueError):
                self._process.kill()
        self._process.wait()
        self._events.put((self, None, b""))
