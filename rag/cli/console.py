"""What the commands print: results to stdout, progress and complaints to stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rag.index import BuildReport
from rag.schema import OCR, Answer, Hit, doubtful

if TYPE_CHECKING:
    from rag.audit import Audit

_EVERY = 2.0
_SNIPPET = 300


def say(message: str) -> None:
    """One line on stderr."""
    print(_printable(message), file=sys.stderr, flush=True)


def put(text: str) -> None:
    """Text on stdout."""
    print(_printable(text))


def put_json(value: Mapping[str, Any]) -> None:
    """One JSON object on stdout."""
    print(json.dumps(value, ensure_ascii=_needs_ascii(), indent=2))


def _needs_ascii() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") not in {"utf8", "utf16"}


def _printable(text: str) -> str:
    """Names of files may hold bytes that are no text; a terminal may not know every letter."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


class Progress:
    """A bar where stderr is a terminal, otherwise plain lines every two seconds."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._name, self._total, self._done = "", 0, 0
        self._last = 0.0

    def stage(self, name: str, total: int) -> None:
        """A stage of ``total`` steps begins."""
        self._name, self._total, self._done = name, total, 0
        self._last = time.monotonic()
        if sys.stderr.isatty():
            self._show_bar()

    def advance(self, count: int = 1) -> None:
        """``count`` more steps are done."""
        self._done += count
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)
        elif not sys.stderr.isatty() and self._due():
            say(f"{self._name}: {self._done} of {self._total}")

    def starter(self, name: str, total: int) -> Callable[[int], None]:
        """Begin a stage and give what advances it."""
        self.stage(name, total)
        return self.advance

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _due(self) -> bool:
        now = time.monotonic()
        finished = self._done >= self._total
        if now - self._last < _EVERY and not (finished and self._total > 1000):
            return False
        self._last = now
        return True

    def _show_bar(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        if self._bar is None:
            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(self._name, total=self._total or None)


def render_build(report: BuildReport) -> str:
    """A build in a few lines."""
    changes = ", ".join(
        f"{len(names)} {word}"
        for word, names in (
            ("added", report.added),
            ("updated", report.updated),
            ("unchanged", report.unchanged),
            ("removed", report.removed),
        )
        if names
    )
    lines = [
        f"{report.documents} reports ({changes}), {report.pages} pages, {report.chunks} passages, "
        f"{report.chunks_encoded} newly encoded, in {report.seconds:.1f} s",
        f"generation {report.generation}",
    ]
    lines += [f"{_one_line(item.source)}: {item.note}" for item in report.notes]
    lines += [f"skipped {_one_line(item.source)}: {item.reason}" for item in report.skipped]
    return "\n".join(lines)


def render_hits(hits: Sequence[Hit]) -> str:
    """Passages, best first, each with its place."""
    if not hits:
        return "Nothing was found."
    blocks = []
    for hit in hits:
        text = " ".join(hit.chunk.text.split())
        snippet = text if len(text) <= _SNIPPET else text[:_SNIPPET] + "…"
        section = " > ".join(hit.chunk.section)
        place = f"{_one_line(hit.source)}, {page_name(hit.page, hit.page_label)}"
        blocks.append(
            f"{hit.rank}. {place}{'  ' + section if section else ''}  ({hit.score:.3f})\n"
            f"   {snippet}"
            + (f"\n   {warning}" if (warning := page_warning(hit.quality, hit.faults)) else "")
        )
    return "\n".join(blocks)


def render_answer(answer: Answer) -> str:
    """The answer with marks, then what the marks stand for."""
    before = [f"Searched for: {answer.searched}"] if answer.searched else []
    if answer.refused:
        nearest = render_hits(answer.hits[:3])
        listed = ["", "Nearest passages:", nearest] if answer.hits else []
        return "\n".join([*before, answer.text, *listed])
    marks = [
        f"{s.text} {''.join(f'[{number}]' for number in s.citations)}"
        + (f" (not borne out: {', '.join(s.unverified)})" if s.unverified else "")
        for s in answer.sentences
    ]
    sources = [
        f"[{c.id}] {_one_line(c.source)}, {page_name(c.page, c.page_label)}"
        + (f", {' > '.join(c.section)}" if c.section else "")
        + (f"\n    {warning}" if (warning := page_warning(c.quality, c.faults)) else "")
        for c in answer.citations
    ]
    notes = [answer.notice] if answer.notice else []
    if answer.checks and answer.generator != "extractive":
        checks = answer.checks
        notes.append(
            f"Written by {answer.generator.removeprefix('llm:')}; sentences borne out: "
            f"{checks.kept}, marked: {checks.marked}, taken out: {checks.removed}"
        )
    return "\n".join([*before, *marks, "", *sources, *([""] if notes else []), *notes])


def page_warning(quality: float | None, faults: tuple[str, ...]) -> str:
    """What to say beside words from a page that was not read well; nothing where it was."""
    if not doubtful(quality, faults):
        return ""
    if OCR in faults:
        return "! The text of this page was recognised from a picture; check it against the page."
    return "! The text of this page was not read well; check it against the page."


def render_audit(audit: Audit) -> str:
    """What became of checking a record, in lines."""
    lines = [f"{audit.lines} entries, head {audit.head}"]
    lines += [fault.what for fault in audit.faults]
    if not audit.faults:
        lines.append("The chain is whole. What is gone from its end shows only by an earlier head.")
    if audit.replayed:
        counts = [f"{audit.count(name)} {words}" for name, words in _OUTCOMES if audit.count(name)]
        lines.append(f"Answered again: {', '.join(counts)}.")
    for one in audit.replayed:
        if one.outcome in {"differs", "unusable"}:
            lines.append(f"Line {one.line}, generation {one.generation}: {' '.join(one.details)}")
    return "\n".join(lines)


_OUTCOMES = (
    ("same", "the same"),
    ("differs", "other than recorded"),
    ("unusable", "not to be repeated"),
    ("gone", "from generations that are not kept any more"),
)


def page_name(number: int, label: str | None) -> str:
    """The page, with the printed number where it differs."""
    return f"page {number}" + (f" ({label})" if label and label != str(number) else "")


def _one_line(name: str) -> str:
    return " ".join(name.splitlines())
