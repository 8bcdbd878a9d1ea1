"""Question and found passages read together, each pair once."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Protocol

from rag.reader_model.model import PassageReading
from rag.reader_model.passages import ReaderPassage, reader_passage
from rag.recent import Recent
from rag.schema import Document, Hit

READINGS_KEPT = 512
"""Pairs of question and passage whose reading is remembered."""


class Reader(Protocol):
    """What reads a question with passages; safe to share by threads."""

    def load(self) -> None:
        """Make ready to read; raises ModelError where that cannot be."""

    def read(self, question: str, passages: Sequence[ReaderPassage]) -> list[PassageReading]:
        """Each of ``passages`` read with ``question``, in their order."""


Answers = Callable[[str, Sequence[Hit], Callable[[str], Document]], list[PassageReading]]
"""A question, passages, and documents by name, to what is read of each passage."""


def reader_of_hits(reader: Reader, kept: int = READINGS_KEPT) -> Answers:
    """Reads the passages of hits, and remembers the ``kept`` last readings."""
    remembered: Recent[bytes, PassageReading] = Recent(kept)

    def answers(
        question: str, hits: Sequence[Hit], document_of: Callable[[str], Document]
    ) -> list[PassageReading]:
        passages = [reader_passage(document_of(hit.chunk.document), hit.chunk) for hit in hits]
        keys = [_key(question, passage) for passage in passages]
        known = {key: remembered.get(key, None) for key in keys}
        missing = {
            key: passage for key, passage in zip(keys, passages, strict=True) if known[key] is None
        }
        read = reader.read(question, list(missing.values())) if missing else []
        found = {key: reading for key, reading in known.items() if reading is not None}
        for key, reading in zip(missing, read, strict=True):
            remembered.put(key, reading)
            found[key] = reading
        return [found[key] for key in keys]

    return answers


def _key(question: str, passage: ReaderPassage) -> bytes:
    """Stands for all that a reading depends on: of a passage it would keep twenty times as much."""
    linear = passage.linear
    texts = [part.encode("utf-8", "surrogatepass") for part in (question, passage.heading)]
    texts += [linear.text.encode("utf-8", "surrogatepass"), array("q", linear.places).tobytes()]
    digest = sha256()
    for text in texts:
        digest.update(len(text).to_bytes(8, "little") + text)
    return digest.digest()
