"""One file on its way: what is to be done next, and what the answers come to.

Nothing here starts or waits for a process, so that every turn can be followed in a test.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from rag.ingest.codec import unpacked
from rag.ingest.journal_entries import FileJournal
from rag.ingest.limit_messages import ONCE, UNSETTLED, file_reason, page_reason, pages_reason
from rag.ingest.outcome import Limits, Outcome, Source
from rag.ingest.worker import joined
from rag.readers.facts import with_name
from rag.readers.ocr import OFF, Ocr
from rag.schema import Reading

_BATCH = 8
_MOST_BYTES = 512 * 2**20
_OPENING_WEIGHS = 4


@dataclass(slots=True)
class Task:
    """What one worker is given. ``alone``: by a process that did nothing before.

    ``numbers`` are the pages (from 0) that have not been answered yet; ``seconds`` is the limit of
    the step that it is at; ``fresh`` says that its process did nothing before indeed.
    """

    header: dict[str, Any]
    seconds: float
    body: bytes = b""
    numbers: list[int] = field(default_factory=list)
    alone: bool = False
    fresh: bool = False


class FileJob:
    """Reads one file through opening, pages and assembly; ``done`` when there is an outcome."""

    def __init__(
        self, source: Source, limits: Limits, file_journal: FileJournal, ocr: Ocr = OFF
    ) -> None:
        self.source = source
        self._ocr = {"version": ocr.version, "packs": sorted(ocr.packs), "advice": ocr.advice}
        self._limits = limits
        self._file_journal = file_journal
        self._sha256 = source.sha256
        self._stage = "open"
        self._alone = False
        self._under_way = 0
        self._described = b""
        self._waiting: deque[int] = deque()
        self._apart: deque[int] = deque()
        self._layouts: dict[int, bytes] = {}
        self._left_out: dict[int, str] = {}
        self._count = 0
        self._spent = 0.0
        self._bytes = 0
        self._outcome: Callable[[], Outcome] | None = None
        self._resume()

    @property
    def done(self) -> bool:
        """Whether there is an outcome."""
        return self._outcome is not None

    def outcome(self) -> Outcome:
        """What became of the file, once it is ``done``."""
        assert self._outcome is not None
        return self._outcome()

    @property
    def stage(self) -> str:
        """``open``, ``pages``, ``assemble`` or ``done``."""
        return "done" if self.done else self._stage

    @property
    def waiting(self) -> int:
        """How much there is to hand out now, in pages; opening counts as some."""
        if self.done:
            return 0
        if self._stage == "pages":
            return len(self._waiting) + len(self._apart)
        return 0 if self._under_way else _OPENING_WEIGHS

    def take(self, readers: int) -> Task | None:
        """The next task for one of ``readers`` processes, or None while there is none."""
        if not self.waiting:
            return None
        self._under_way += 1
        if self._stage == "open":
            what = {"do": "open", "suffix": self.source.suffix}
            return self._task(what, self._limits.file_seconds, alone=self._alone)
        if self._stage == "assemble":
            parts = [self._layouts.get(number, b"") for number in range(self._count)]
            reasons = {n: page_reason(why, self._limits) for n, why in self._left_out.items()}
            task = self._task(
                {"do": "assemble", "left_out": reasons, "ocr": self._ocr},
                self._limits.file_seconds,
                alone=self._alone,
            )
            task.body = joined([self._described, *parts])
            return task
        if self._apart:
            numbers = [self._apart.popleft()]
            alone = True
        else:
            share = -(-len(self._waiting) // (2 * readers))
            numbers = [self._waiting.popleft() for _ in range(min(_BATCH, share))]
            alone = False
        task = self._task({"do": "pages", "numbers": numbers}, self._limits.page_seconds, alone)
        task.numbers = list(numbers)
        return task

    def _task(self, header: dict[str, Any], seconds: float, alone: bool) -> Task:
        limits = self._limits
        common = {
            "path": str(self.source.path),
            "sha256": self._sha256,
            "page_seconds": limits.page_seconds,
            "file_seconds": limits.file_seconds,
        }
        return Task({**common, **header}, seconds, alone=alone)

    def put_back(self, task: Task) -> None:
        """The task was not begun."""
        self._under_way -= 1
        (self._apart if task.alone else self._waiting).extendleft(reversed(task.numbers))

    def answer(self, task: Task, header: dict[str, Any], body: bytes) -> bool:
        """A worker's answer; whether it was the last one to ``task``."""
        what = header["is"]
        if what == "page":
            number = header["number"]
            task.numbers.remove(number)
            self._layout(number, body)
            self._spend(max(0.0, header["seconds"] - 1.0))
            if task.numbers:
                return False
            self._under_way -= 1
            self._after_pages()
            return True
        self._under_way -= 1
        self._sha256 = header.get("sha256", "") or self._sha256
        if what == "paged":
            self._begin_pages(header["pages"], body)
            self._file_journal.add_described(self._sha256, header["pages"], body)
            self._after_pages()
        elif what == "reading":
            self._finish_with(body)
        elif what == "refused":
            limited = bool(self._left_out)
            self._refuse(header["reason"], limited=limited, settled=self._is_settled)
        elif what == "changed":
            self._refuse("It was changed while it was being read. Index again.", settled=False)
        else:
            self._refuse(header["reason"], settled=False)
        return True

    def failed(self, task: Task, why: str) -> None:
        """The worker ended over ``task``."""
        self._under_way -= 1
        if self.done:
            return
        if not task.numbers:
            if task.fresh or why in ONCE:
                reason = file_reason(why, self._limits)
                self._refuse(reason, limited=True, settled=why not in UNSETTLED)
            self._alone = True
            return
        culprit, *rest = task.numbers
        self._waiting.extendleft(reversed(rest))
        if (task.fresh and task.alone) or why in ONCE:
            self._left_out[culprit] = why
            if why not in UNSETTLED:
                self._file_journal.add_left_out(self._sha256, culprit, why)
            self._spend(self._limits.page_seconds)
        else:
            self._apart.append(culprit)
        self._after_pages()

    def _resume(self) -> None:
        """Take up what an interrupted build kept."""
        if not self._sha256:
            return
        kept = self._file_journal.outcome(self._sha256)
        if kept is not None:
            about, body = kept
            self._settle(body, about["reason"], limited=about["limited"])
            return
        opened = self._file_journal.described(self._sha256)
        if opened is not None:
            self._begin_pages(*opened)
            for number in range(self._count):
                layout = self._file_journal.layout(self._sha256, number)
                why = self._file_journal.left_out(self._sha256, number)
                if layout is not None:
                    self._layouts[number] = layout
                    self._bytes += len(layout)
                elif why is not None:
                    self._left_out[number] = why
                    self._spend(self._limits.page_seconds)
            self._waiting = deque(
                n for n in range(self._count) if n not in self._layouts | self._left_out
            )
            self._after_pages()

    def _begin_pages(self, count: int, described: bytes) -> None:
        self._stage, self._alone = "pages", False
        self._described, self._count = described, count
        self._waiting = deque(range(count))

    def _layout(self, number: int, body: bytes) -> None:
        self._layouts[number] = body
        self._bytes += len(body)
        self._file_journal.add_layout(self._sha256, number, body)
        if self._bytes > _MOST_BYTES:
            self._refuse(file_reason("size", self._limits), limited=True)

    def _after_pages(self) -> None:
        if not self._waiting and not self._apart and not self._under_way and not self.done:
            self._stage = "assemble"

    def _spend(self, seconds: float) -> None:
        self._spent += seconds
        if self._spent > self._limits.file_seconds and not self.done:
            from rag.ingest.steps import left_out_notes

            reasons = {n: page_reason(why, self._limits) for n, why in self._left_out.items()}
            notes = " ".join(left_out_notes(reasons))
            reason = pages_reason(notes, self._limits)
            self._refuse(reason, limited=True, settled=self._is_settled)

    @property
    def _is_settled(self) -> bool:
        return UNSETTLED.isdisjoint(self._left_out.values())

    def _finish_with(self, body: bytes) -> None:
        self._settle(body, limited=bool(self._left_out), settled=self._is_settled)
        if self._is_settled:
            about = {"reason": "", "limited": bool(self._left_out)}
            self._file_journal.add_outcome(self._sha256, about, body)

    def _refuse(self, reason: str, *, limited: bool = False, settled: bool = True) -> None:
        self._settle(b"", reason, limited=limited, settled=settled)
        if settled:
            self._file_journal.add_outcome(
                self._sha256, {"reason": reason, "limited": limited}, b""
            )

    def _settle(
        self, body: bytes, reason: str = "", *, limited: bool = False, settled: bool = True
    ) -> None:
        self._layouts.clear()
        self._waiting.clear()
        self._apart.clear()
        path, sha256 = self.source.path, self._sha256

        def outcome() -> Outcome:
            reading = unpacked(Reading, body) if body else None
            if reading is not None:
                reading = replace(reading, facts=with_name(reading.facts, path.stem))
            return Outcome(path, sha256, reading, reason, limited, settled)

        # Unpacked when it is asked for: many files may wait for their turn.
        self._outcome = outcome
