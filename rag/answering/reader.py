"""Question and found passages read together, each pair once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from rag.answering.cache import Remembered
from rag.reader_model.model import PassageReading
from rag.reader_model.passages import ReaderPassage, reader_passage
from rag.schema import Document, Hit

READINGS_KEPT = 512
"""Pairs of question and passage whose reading is remembered."""


class Reader(Protocol):
    """What reads a question with passages; safe to share by threads."""

    def read(self, question: str, passages: Sequence[ReaderPassage]) -> list[PassageReading]:
        """Each of ``passages`` read with ``question``, in their order."""


Answers = Callable[[str, Sequence[Hit], Callable[[str], Document]], list[PassageReading]]
"""A question, passages, and documents by name, to what is read of each passage."""


def reader_of_hits(reader: Reader, kept: int = READINGS_KEPT) -> Answers:
    """Reads the passages of hits, and remembers the ``kept`` last readings."""
    remembered: Remembered[tuple[str, ReaderPassage], PassageReading] = Remembered(
        partial(_read_pairs, reader), kept=kept
    )

    def answers(
        question: str, hits: Sequence[Hit], document_of: Callable[[str], Document]
    ) -> list[PassageReading]:
        passages = [reader_passage(document_of(hit.chunk.document), hit.chunk) for hit in hits]
        return remembered([(question, passage) for passage in passages])

    return answers


def _read_pairs(reader: Reader, pairs: Sequence[tuple[str, ReaderPassage]]) -> list[PassageReading]:
    """All pairs are of one question, the one that is asked now."""
    return reader.read(pairs[0][0], [passage for _, passage in pairs])
