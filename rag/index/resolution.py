"""Files of the corpus to documents: taken from the former generation, or read."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from rag.index.hashing import File
from rag.index.previous_generation import PreviousGeneration
from rag.index.sidecars import Corrections
from rag.index.stages import Stages, Verdict
from rag.index.walk import clean
from rag.ingest import Outcome, ReadingJournal, Source
from rag.retrieval.catalogue import DocumentInfo, Skipped
from rag.schema import Document

_UNSETTLED = "unsettled"
"""The limits of a verdict that never holds: pages that may be readable next time."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of a file, and what holds next time.

    A document, or why there is none, or the former one where everything stored of it holds.
    """

    file: File
    result: Document | DocumentInfo | Skipped
    verdict: Verdict | None = None


def resolve(
    files: Sequence[File],
    stages: Stages,
    former: PreviousGeneration,
    corrections: Corrections,
    journal: ReadingJournal,
) -> Generator[Resolved]:
    """What becomes of each file, in order; only what ``former`` does not know is read."""
    unknown = [
        Source(file.found.path, file.sha256)
        for file in files
        if not former.has_read(file.found, file.sha256)
        and former.refusal(file.found, file.sha256) is None
    ]
    with closing(stages.read_all(unknown, journal)) as outcomes:
        for file in files:
            known = (file.found, file.sha256)
            correction = corrections.of(file.found.source)
            result = (
                former.kept(*known, correction) or former.document(*known) or former.refusal(*known)
            )
            if result is not None:
                yield Resolved(file, result, former.verdicts.get(file.found.source))
            else:
                yield _resolved(file, next(outcomes), stages)


def _resolved(file: File, outcome: Outcome, stages: Stages) -> Resolved:
    found, sha256 = file.found, file.sha256
    if outcome.sha256 not in ("", sha256):
        return Resolved(file, Skipped(found.source, "was changed while it was being read"))
    limits = stages.limits if outcome.limited else ""
    if outcome.reading is None:
        refused = Skipped(found.source, clean(outcome.reason))
        return Resolved(file, refused, _verdict(file, limits) if outcome.settled else None)
    language = stages.detect_language(outcome.reading.text)
    document = Document(found.name, found.source, sha256, language, outcome.reading)
    if not outcome.settled:
        return Resolved(file, document, _verdict(file, _UNSETTLED))
    return Resolved(file, document, _verdict(file, limits) if outcome.limited else None)


def _verdict(file: File, limits: str) -> Verdict:
    return Verdict(file.found.source, file.sha256, limits)
