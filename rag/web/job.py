"""Work that takes long, in a thread of its own, whose progress a page shows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rag.errors import RagError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """Where the work stands; ``problem`` says why the last one failed, None where it did not."""

    running: bool = False
    stage: str = ""
    done: int = 0
    total: int = 0
    problem: str | None = None


class Stopped(RagError):
    """The server is stopping, and the work with it."""


class Job:
    """Does ``work`` when asked, never twice at once; asked meanwhile, it does it once more.

    ``work`` is given a ``rag.index.Progress``, and is ended through it when the server stops.
    ``unexpected`` is said of a fault that nobody foresaw, whose reason the log has.
    """

    def __init__(self, unexpected: str = "An unexpected fault; the server's log says why.") -> None:
        self._unexpected = unexpected
        self._lock = threading.Lock()
        self._pending: list[Callable[[Any], None]] = []
        self._thread: threading.Thread | None = None
        self._state = State()
        self._stopping = threading.Event()

    @property
    def state(self) -> State:
        """Where the work stands."""
        with self._lock:
            return self._state

    def ask(self, work: Callable[[Any], None]) -> None:
        """Have ``work`` done, after what is under way."""
        with self._lock:
            if work not in self._pending:
                self._pending.append(work)
            if not self._state.running:
                self._state = State(running=True)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def stop(self, seconds: float = 5) -> None:
        """End the work under way at its next step, waiting at most so long."""
        self._stopping.set()
        with self._lock:
            self._pending.clear()
            thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._pending:
                    self._thread = None
                    return
                work = self._pending.pop(0)
                self._state = State(running=True)
            problem = self._problem(work)
            with self._lock:
                self._state = State(running=bool(self._pending), problem=problem)

    def _problem(self, work: Callable[[Any], None]) -> str | None:
        try:
            work(_Progress(self))
        except RagError as error:
            return str(error)
        except Exception:
            _log.exception("work in the background failed")
            return self._unexpected
        return None

    def step(self, stage: str | None, total: int, done: int) -> None:
        """Note progress; raises Stopped where the server is stopping."""
        if self._stopping.is_set():
            raise Stopped("The server was stopped meanwhile.")
        with self._lock:
            self._state = State(True, stage or self._state.stage, done, total)


class _Progress:
    """Tells a job how far it is; the shape of ``rag.index.Progress``."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._total = self._done = 0

    def stage(self, name: str, total: int) -> None:
        self._total, self._done = total, 0
        self._job.step(name, total, 0)

    def advance(self, count: int = 1) -> None:
        self._done += count
        self._job.step(None, self._total, self._done)

    def starter(self, name: str, total: int) -> Callable[[int], None]:
        self.stage(name, total)
        return self.advance
