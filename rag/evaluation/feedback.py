"""What people thought of citations, as test queries: kept in a file, and read as one's latest word.

A line is a test query of kind ``feedback``. A quote that answers is its evidence; one that does not
is ``rejected``, which says nothing of where the answer is: such a line must not claim that the
corpus has none.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import QueryFileError, RagError
from rag.evaluation.locate import Documents, Item, locate
from rag.evaluation.queries import Evidence, Query, Reference
from rag.index import Index
from rag.text.languages import UNKNOWN, detect

KIND = "feedback"
"""The ``kind`` of such queries."""

LARGEST = 16 << 20
"""Bytes that the file may have before no more is taken."""

_WAIT = 10.0
_LONGEST_QUESTION = 2000


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """A citation as it was shown: ``quote`` is ``[start, end)`` of the document's text."""

    document: str
    start: int
    end: int
    quote: str


class FeedbackFile:
    """Adds judgements to the file in ``path``; safe to share by threads and processes."""

    def __init__(self, path: Path, index: Callable[[], Index]) -> None:
        self.path = path
        self._index = index

    def judge(self, question: str, citation: CitedQuote, good: bool) -> None:
        """Keep whether ``citation`` answers ``question``; on disk when this returns.

        Nobody is named. Raises RagError where the quote is not in the index as it is now, and
        where it cannot be kept.
        """
        asked = " ".join(question.split())
        if not 0 < len(asked) <= _LONGEST_QUESTION:
            raise RagError(f"A question has 1 to {_LONGEST_QUESTION} characters.")
        document = self._index().document(citation.document)
        if not citation.quote.strip() or (
            document.text[citation.start : citation.end] != citation.quote
        ):
            raise RagError("The report was changed since. Ask again, and judge the new answer.")
        place = [{"doc": document.name, "quote": citation.quote}]
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        self._append(
            {
                "id": f"{KIND}-{now}-{secrets.token_hex(3)}",
                "query": asked,
                "lang": detect(asked, UNKNOWN),
                "answers": [],
                "evidence": place if good else [],
                **({} if good else {"rejected": place}),
                "kind": KIND,
            }
        )

    def _append(self, values: Mapping[str, object]) -> None:
        line = json.dumps(values, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        try:
            # Made anew each time: an instance lets its own thread in a second time.
            with FileLock(f"{self.path}.lock", timeout=_WAIT):
                descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
                with os.fdopen(descriptor, "r+b") as file:
                    held = file.read()
                    # A line that a crash cut off would make the whole file unreadable.
                    end = held.rfind(b"\n") + 1
                    if end + len(line) > LARGEST:
                        raise RagError(f"{self.path} is full. Move it away, and another is begun.")
                    file.truncate(end)
                    file.seek(end)
                    file.write(line)
                    file.flush()
                    os.fsync(file.fileno())
        except Timeout:
            raise RagError(f"{self.path} is held by another program. Try again.") from None
        except OSError as error:
            raise RagError(
                f"{self.path} could not be written: {error.strerror or error}. "
                "See that there is room and that the server may write there."
            ) from error


def settled(
    queries: Sequence[Query], documents: Documents
) -> tuple[tuple[Query, ...], tuple[str, ...]]:
    """``queries`` with all of kind ``feedback`` on one question as one, and notes for a person.

    Of two judgements of one quote the later holds. Quotes that are no longer in the corpus are left
    out, and said; other queries stay as they are. Raises QueryFileError where nothing remains.
    """
    others = [query for query in queries if query.kind != KIND]
    asked: dict[tuple[str, str], list[Query]] = {}
    for query in queries:
        if query.kind == KIND:
            asked.setdefault((query.lang, query.query), []).append(query)
    notes: list[str] = []
    merged = [_merged(same, documents, notes) for same in asked.values()]
    kept = [query for query in merged if query.evidence or query.rejected]
    if not others and not kept:
        raise QueryFileError(
            "None of the quotes that were judged is in the corpus any more. Index the reports they "
            "are from, or give another file."
        )
    return (*others, *kept), tuple(notes)


def locate_rejected(queries: Sequence[Query], documents: Documents) -> dict[str, tuple[Item, ...]]:
    """The places of each query that do not answer, by its id, where it has such.

    Raises QueryFileError where one is not in the corpus.
    """
    asked = [
        replace(query, evidence=tuple(Evidence((one,)) for one in query.rejected))
        for query in queries
        if query.rejected
    ]
    return dict(locate(asked, documents).items)


def _merged(same: Sequence[Query], documents: Documents, notes: list[str]) -> Query:
    good: dict[Reference, bool] = {}
    for query in same:
        good.update((one, True) for item in query.evidence for one in item.alternatives)
        good.update(dict.fromkeys(query.rejected, False))
    for one in list(good):
        if not _is_there(one, same[0], documents):
            del good[one]
            notes.append(f"Query {same[0].id}: {one} is not in the corpus any more; left out.")
    return replace(
        same[0],
        evidence=tuple(Evidence((one,)) for one, answers in good.items() if answers),
        rejected=tuple(one for one, answers in good.items() if not answers),
    )


def _is_there(reference: Reference, query: Query, documents: Documents) -> bool:
    try:
        locate([replace(query, evidence=(Evidence((reference,)),))], documents)
    except QueryFileError:
        return False
    return True
