"""Many files read by worker processes, each within limits; nothing a file does stops the others."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

from rag.errors import RagError
from rag.ingest.job import FileJob, Task
from rag.ingest.journal import ReadingJournal
from rag.ingest.journal_entries import FileJournal
from rag.ingest.outcome import Limits, Outcome, Source
from rag.ingest.process import Event, WorkerProcess
from rag.readers.ocr import OFF, Ocr

# Files that may be read ahead of the one that is waited for, for each worker.
_AHEAD = 8
# So many pages waiting are worth starting another process.
_WORTH = 8
_MOST_STARTS = 3


def usable_cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class ReadingPool:
    """Reads files in up to ``readers`` processes, started when there is work for them.

    ``ocr`` recognises pages that are pictures; ``steps`` is the module with the readers' steps. One
    thread at a time uses a pool.

        with ReadingPool(Limits(page_seconds=10)) as pool:
            for outcome in pool.read_all(paths):
                ...
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        readers: int | None = None,
        ocr: Ocr = OFF,
        steps: str = "rag.ingest.steps",
    ) -> None:
        self.limits = limits or Limits()
        self.readers = max(1, readers or usable_cores())
        self.ocr = ocr
        self.steps = steps
        self.workers: list[WorkerProcess] = []
        self.events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes."""
        while self.workers:
            self.workers.pop().end()

    def read(self, file: Path | Source) -> Outcome:
        """What becomes of one file."""
        (outcome,) = self.read_all([file])
        return outcome

    def read_all(
        self, files: Iterable[Path | Source], journal: ReadingJournal | None = None
    ) -> Iterator[Outcome]:
        """The outcomes of ``files`` in their order; some are read ahead while one is looked at.

        The reading of a healthy file is the one that ``rag.readers.read`` gives. What is read of
        files whose SHA-256 is given goes to ``journal``, and what lies there is not read again.
        Raises RagError when no process can be started.
        """
        sources = [one if isinstance(one, Source) else Source(one) for one in files]
        run = _Run(self, sources, journal)
        try:
            for index in range(len(sources)):
                yield run.outcome(index)
        finally:
            run.stop()


class _Run:
    """One ``read_all``: a thread of its own hands out tasks while the caller uses outcomes."""

    def __init__(
        self, pool: ReadingPool, sources: list[Source], journal: ReadingJournal | None
    ) -> None:
        self._pool = pool
        self._sources = sources
        self._journal = journal
        self._jobs: dict[int, FileJob] = {}
        self._begun = self._used = 0
        self._at_work: dict[WorkerProcess, tuple[int, Task]] = {}
        self._failed_starts = 0
        self._changed = threading.Condition()
        self._stopped = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        if sources:
            self._thread.start()

    def outcome(self, index: int) -> Outcome:
        """Wait for the outcome of one file; it is forgotten then."""
        with self._changed:
            while self._error is None and not self._is_done(index):
                # Not without end: on some systems Ctrl-C does not end a wait.
                self._changed.wait(1.0)
            if not self._is_done(index) and self._error is not None:
                raise self._error
            job = self._jobs.pop(index)
            self._used = index + 1
        self._pool.events.put(None)
        return job.outcome()

    def _is_done(self, index: int) -> bool:
        return index in self._jobs and self._jobs[index].done

    def stop(self) -> None:
        """End what is still under way."""
        self._stopped = True
        self._pool.events.put(None)
        if self._thread.ident is not None:
            self._thread.join()
        for worker in list(self._at_work):
            self._remove(worker)

    def _serve(self) -> None:
        try:
            while not self._stopped and self._used < len(self._sources):
                with self._changed:
                    self._begin_files()
                    self._hand_out()
                    self._changed.notify_all()
                event = self._next_event()
                if event is not None:
                    with self._changed:
                        self._heed(*event)
                for worker in list(self._at_work):
                    worker.end_if_blocked()
        except BaseException as error:  # raised again where the outcome is waited for
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _begin_files(self) -> None:
        last = min(len(self._sources), self._used + _AHEAD * self._pool.readers)
        for index in range(self._begun, last):
            source = self._sources[index]
            limits = self._pool.limits
            ocr = self._pool.ocr
            file_journal = FileJournal(
                self._journal, source.suffix, limits.fingerprint, ocr.fingerprint
            )
            self._jobs[index] = FileJob(source, limits, file_journal, ocr)
        self._begun = max(self._begun, last)

    def _hand_out(self) -> None:
        while (index := self._choose(None)) is not None:
            idle = [one for one in self._pool.workers if one not in self._at_work]
            if idle:
                for worker in idle:
                    index = self._choose(worker)
                    if index is not None:
                        self._give(worker, index)
            elif len(self._pool.workers) < self._pool.readers and self._is_worth_another():
                another = self._start()
                if another is None:
                    return
                self._give(another, index)
            else:
                return

    def _is_worth_another(self) -> bool:
        waiting = sum(job.waiting for job in self._jobs.values())
        return not self._pool.workers or waiting >= _WORTH

    def _start(self) -> WorkerProcess | None:
        pool = self._pool
        try:
            worker = WorkerProcess(pool.events, pool.steps, pool.limits.memory_mb)
        except OSError as error:
            if pool.workers:
                return None
            raise RagError(
                f"A process to read files cannot be started: {error.strerror or error}. "
                "Free some memory and try again."
            ) from error
        pool.workers.append(worker)
        return worker

    def _choose(self, worker: WorkerProcess | None) -> int | None:
        """The file that is to go on next; a worker first goes on with the one it has open."""

        def rank(index: int) -> tuple[int, int]:
            job = self._jobs[index]
            if worker is not None and worker.file is job.source:
                return 0, index
            if job.stage == "assemble":
                return 1, index
            if job.stage == "open":
                return 3, index
            return (2 if job.waiting >= _WORTH else 4), index

        waiting = [index for index, job in self._jobs.items() if job.waiting]
        return min(waiting, key=rank, default=None)

    def _give(self, worker: WorkerProcess, index: int) -> None:
        job = self._jobs[index]
        task = job.take(self._pool.readers)
        if task is None:
            return
        if task.alone and not worker.fresh:
            self._remove(worker)
            again = self._start()
            if again is None:
                job.put_back(task)
                return
            worker = again
        worker.file = job.source
        task.fresh = worker.fresh
        self._at_work[worker] = index, task
        self._expect_sign(worker, task)
        worker.give(task.header, task.body)
        task.body = b""

    def _expect_sign(self, worker: WorkerProcess, task: Task) -> None:
        worker.wait_until(time.monotonic() + self._pool.limits.patience * task.seconds)

    def _next_event(self) -> Event | None:
        deadlines = [one.deadline for one in self._at_work if one.deadline is not None]
        timeout = max(0.0, min(deadlines) - time.monotonic()) + 0.01 if deadlines else None
        try:
            return self._pool.events.get(timeout=timeout)
        except queue.Empty:
            return None

    def _heed(self, worker: WorkerProcess, header: dict[str, Any] | None, body: bytes) -> None:
        if worker not in self._pool.workers:
            return
        if header is None:
            self._ended(worker)
        elif header["is"] == "ready":
            worker.ready, self._failed_starts = True, 0
        elif worker in self._at_work:
            index, task = self._at_work[worker]
            job = self._jobs[index]
            if not job.done:
                if job.answer(task, header, body):
                    del self._at_work[worker]
                else:
                    self._expect_sign(worker, task)
            self._end_what_is_done()

    def _ended(self, worker: WorkerProcess) -> None:
        self._pool.workers.remove(worker)
        index, task = self._at_work.pop(worker, (None, None))
        if index is not None and task is not None:
            job, why = self._jobs[index], worker.why_ended()
            if worker.ready or why == "blocked":
                job.failed(task, why)
            else:
                self._failed_starts += 1
                job.put_back(task)
        worker.end()
        self._end_what_is_done()
        if self._failed_starts >= _MOST_STARTS:
            raise RagError(
                "The processes that read files end as soon as they start. "
                "RAG_DEBUG=1 shows what they say."
            )

    def _end_what_is_done(self) -> None:
        """Workers still busy with a file that was given up."""
        for worker, (index, _) in list(self._at_work.items()):
            if index not in self._jobs or self._jobs[index].done:
                self._remove(worker)

    def _remove(self, worker: WorkerProcess) -> None:
        self._at_work.pop(worker, None)
        self._pool.workers.remove(worker)
        worker.end()
