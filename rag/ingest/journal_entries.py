"""What of a file's reading is kept in the journal, and under which keys."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, cast

from rag.ingest.journal import ReadingJournal


@dataclass(frozen=True, slots=True)
class FileJournal:
    """The journal as one file's job sees it.

    ``limits`` is the fingerprint of the limits, part of the key where they had a say, ``ocr`` that
    of the recognition, part of the key of whole readings. Files whose
    bytes are not known (an empty ``sha256``) are not kept.
    """

    journal: ReadingJournal | None
    suffix: str
    limits: str
    ocr: str = ""

    def outcome(self, sha256: str) -> tuple[dict[str, Any], bytes] | None:
        """What the whole file came to: about it, and the packed reading."""
        for limits in ("", self.limits):
            kept = self._get(sha256, f"outcome {self.ocr}", limits)
            if kept is not None:
                return kept
        return None

    def add_outcome(self, sha256: str, about: dict[str, Any], body: bytes) -> None:
        """Keep what the whole file came to; ``about`` has ``reason`` and ``limited``."""
        limits = self.limits if about["limited"] else ""
        self._add(sha256, f"outcome {self.ocr}", limits, about, body)

    def described(self, sha256: str) -> tuple[int, bytes] | None:
        """The number of pages, and what a PDF says of itself, packed."""
        kept = self._get(sha256, "described")
        return (kept[0]["pages"], kept[1]) if kept else None

    def add_described(self, sha256: str, pages: int, body: bytes) -> None:
        """Keep what opening a PDF came to."""
        self._add(sha256, "described", "", {"pages": pages}, body)

    def layout(self, sha256: str, number: int) -> bytes | None:
        """The packed layout of a page (from 0)."""
        kept = self._get(sha256, f"page {number}")
        return kept[1] if kept else None

    def add_layout(self, sha256: str, number: int, body: bytes) -> None:
        """Keep the packed layout of a page."""
        self._add(sha256, f"page {number}", "", {}, body)

    def left_out(self, sha256: str, number: int) -> str | None:
        """Why a page (from 0) cannot be read within these limits."""
        kept = self._get(sha256, f"left out {number}", self.limits)
        return cast(str, kept[0]["why"]) if kept else None

    def add_left_out(self, sha256: str, number: int, why: str) -> None:
        """Keep why a page cannot be read within these limits."""
        self._add(sha256, f"left out {number}", self.limits, {"why": why}, b"")

    def _key(self, sha256: str, what: str, limits: str) -> bytes:
        return hashlib.sha256("\0".join((sha256, self.suffix, what, limits)).encode()).digest()

    def _get(self, sha256: str, what: str, limits: str = "") -> tuple[dict[str, Any], bytes] | None:
        if self.journal is None:
            return None
        content = self.journal.get(self._key(sha256, what, limits))
        if content is None:
            return None
        about, _, body = content.partition(b"\n")
        return json.loads(about), body

    def _add(self, sha256: str, what: str, limits: str, about: dict[str, Any], body: bytes) -> None:
        if self.journal is not None and sha256:
            about_line = json.dumps(about).encode() + b"\n"
            self.journal.add(self._key(sha256, what, limits), about_line + body)
