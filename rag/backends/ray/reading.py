"""Files read in tasks of a Ray cluster, each within limits, each file once."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.backends.ray.connection import Cluster
from rag.ingest import Limits, Outcome, ReadingJournal, ReadingPool, Source
from rag.ingest.codec import unpacked
from rag.ingest.journal_entries import FileJournal
from rag.readers.facts import with_name
from rag.readers.ocr import Ocr
from rag.schema import Reading

_AHEAD = 8
"""Files under way or waiting for their turn, for each processor."""

_RETRIES = 5
"""Workers that a file may lose before it is left out of this build."""

Kept = tuple[dict[str, Any], bytes]


@dataclass(frozen=True, slots=True)
class Read:
    """What a task came to: what a journal keeps of it or, where nothing is to be kept, the outcome.

    The first does not depend on what the file is called.
    """

    kept: Kept | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class ClusterReading:
    """``read_all`` of a ``rag.index.Stages`` on ``cluster``."""

    cluster: Cluster
    limits: Limits
    ocr: Ocr

    def read_all(self, files: Sequence[Source], journal: ReadingJournal) -> Generator[Outcome]:
        """The outcomes of ``files`` in their order, those of a ``rag.ingest.ReadingPool``.

        What is read goes to ``journal`` as it comes, whatever its turn; what lies there is not read
        again.
        """
        if not files:
            return
        ray = self.cluster.connect()
        task = ray.remote(num_cpus=1, max_retries=_RETRIES)(_read)
        ahead = _AHEAD * self.cluster.cores()
        numbers: dict[Any, int] = {}
        done: dict[int, Read] = {}
        waiting = deque(range(len(files)))
        try:
            for number, file in enumerate(files):
                while waiting and waiting[0] < number + ahead:
                    at = waiting.popleft()
                    kept = self._file_journal(files[at], journal).outcome(files[at].sha256)
                    if kept is not None:
                        done[at] = Read(kept, None)
                    else:
                        absolute = Source(files[at].path.absolute(), files[at].sha256)
                        numbers[task.remote(absolute, self.limits, self.ocr)] = at
                while number not in done:
                    for reference in _ready(ray, numbers):
                        at = numbers.pop(reference)
                        done[at] = read = _result(ray, reference, files[at])
                        if read.kept is not None:
                            file_journal = self._file_journal(files[at], journal)
                            file_journal.add_outcome(files[at].sha256, *read.kept)
                yield _outcome(file, done.pop(number))
        finally:
            for reference in numbers:
                with suppress(ray.exceptions.RayError):
                    ray.cancel(reference)

    def _file_journal(self, file: Source, journal: ReadingJournal) -> FileJournal:
        return FileJournal(journal, file.suffix, self.limits.fingerprint, self.ocr.fingerprint)


def _ready(ray: Any, references: Iterable[Any]) -> list[Any]:
    # Not without end: on some systems Ctrl-C does not end a wait.
    ready, _ = ray.wait(list(references), num_returns=1, timeout=1.0)
    return list(ready)


def _result(ray: Any, reference: Any, file: Source) -> Read:
    try:
        read: Read = ray.get(reference)
    except ray.exceptions.RayError as error:
        reason = (
            f"The workers that read it were lost {_RETRIES + 1} times ({type(error).__name__}). "
            "Index again."
        )
        return Read(None, Outcome(file.path, file.sha256, None, reason, settled=False))
    return read


def _outcome(file: Source, read: Read) -> Outcome:
    """What became of ``file``, under its own name."""
    if read.outcome is not None:
        return replace(read.outcome, path=file.path)
    assert read.kept is not None
    about, body = read.kept
    reading = unpacked(Reading, body) if body else None
    if reading is not None:
        reading = replace(reading, facts=with_name(reading.facts, file.path.stem))
    return Outcome(file.path, file.sha256, reading, about["reason"], about["limited"])


def _read(file: Source, limits: Limits, ocr: Ocr) -> Read:
    """Read one file on the machine this runs on."""
    with tempfile.TemporaryDirectory() as folder:
        journal = ReadingJournal(Path(folder) / "read", "")
        with journal:
            (outcome,) = _pool(limits, ocr).read_all([file], journal)
            file_journal = FileJournal(journal, file.suffix, limits.fingerprint, ocr.fingerprint)
            # Of other bytes than were asked for, nothing is kept under their digest.
            kept = file_journal.outcome(file.sha256) if outcome.sha256 == file.sha256 else None
    return Read(kept, None if kept else outcome)


@lru_cache(maxsize=1)
def _pool(limits: Limits, ocr: Ocr) -> ReadingPool:
    """The process beside this worker that reads, for all its tasks; it ends with the worker."""
    return ReadingPool(limits, readers=1, ocr=ocr)
