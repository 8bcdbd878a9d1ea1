"""What is said of pages and files that cost more than they may."""

from __future__ import annotations

from rag.ingest.outcome import Limits

UNSETTLED = frozenset({"blocked", "killed"})
"""Why a process ended that says nothing of the file: it is worth another try."""

ONCE = frozenset({"time", "size"})
"""Why a process ended that would end a fresh one just so."""


def page_reason(why: str, limits: Limits) -> str:
    """Completes "Page 3 could not be read: …"."""
    return {
        "time": f"it took longer than {limits.page_seconds:g} s",
        "memory": f"it needed more than {limits.memory_mb} MB of memory",
        "size": "it holds more than a page can",
        "blocked": "the reader was kept waiting",
        "killed": "the reader was stopped from outside, as when memory runs out",
        "crash": "it crashed the reader",
    }[why]


def file_reason(why: str, limits: Limits) -> str:
    """Sentences: what happened to a file as a whole, and what to do."""
    return {
        "time": f"It takes longer than {limits.file_seconds:g} s to read. "
        "Save it again or in another format, or raise file_seconds in rag.toml.",
        "memory": f"It needs more than {limits.memory_mb} MB of memory to be read. "
        "Split it into parts, or raise reader_memory_mb in rag.toml.",
        "size": "It holds more text than any report. Check where the file comes from.",
        "blocked": "Reading it was kept waiting and was given up. Index again.",
        "killed": "The reader was stopped from outside, as when memory runs out. Index again.",
        "crash": "It crashes the reader. Save it again or in another format.",
    }[why]


def pages_reason(notes: str, limits: Limits) -> str:
    """Sentences: a file given up because of its pages; ``notes`` name those that failed."""
    slow = f"Its pages take longer than {limits.file_seconds:g} s beyond one second each."
    return (
        f"{notes or slow} It was given up. "
        "Save it again or in another format, or raise file_seconds in rag.toml."
    )
