"""A question to passages: dense, BM25, or both fused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.config import Mode
from rag.errors import RagError
from rag.retrieval.filters import normalised, passes
from rag.retrieval.merging import REACH, Ranked, join
from rag.retrieval.protocol import Index
from rag.retrieval.ranking import Question, rank
from rag.schema import Filters, Hit
from rag.text.languages import detect

__all__ = ["MAX_QUESTION", "Filters", "Retrieved", "Retriever"]

Rows = NDArray[np.int64]

_SPARE = 20
"""Passages looked at beyond those asked for, since some are joined and some repeat others."""

MAX_QUESTION = 10_000
"""Characters of the longest question that is taken."""


RERANKED = 30
"""Passages that a reranker reads."""


class PassageReranker(Protocol):
    """Question and passages to scores."""

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """One score a passage, shape (n,), higher is better."""


class QueryEncoder(Protocol):
    """Questions to unit vectors."""

    def encode_queries(self, texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors (len(texts), d) of questions in these languages."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What a search found. ``vector`` (d,) is the question's, None where only terms were asked."""

    query: str
    language: str
    mode: Mode
    hits: tuple[Hit, ...]
    vector: NDArray[np.float32] | None


def _reranked(reranker: PassageReranker, question: str, hits: Sequence[Hit]) -> list[Hit]:
    read, rest = hits[:RERANKED], hits[RERANKED:]
    scores = reranker.scores(question, [hit.chunk.text for hit in read])
    order = np.argsort(-scores, kind="stable")
    # The scores stay where they were, falling by rank: answers are judged on their scale.
    ranked = [
        replace(read[i], rank=place.rank, score=place.score)
        for i, place in zip(order, read, strict=True)
    ]
    return [*ranked, *rest]


_SURROGATES = re.compile(r"[\ud800-\udfff]")


def one_line(question: str) -> str:
    """``question`` with single spaces; halves of surrogate pairs, which no text has, are U+FFFD."""
    return " ".join(_SURROGATES.sub("\ufffd", question).split())


class Retriever:
    """Finds passages in one generation of an index; safe to share by threads."""

    def __init__(
        self, index: Index, encoder: QueryEncoder, reranker: PassageReranker | None = None
    ) -> None:
        self.index = index
        self._encoder = encoder
        self._reranker = reranker

    def search(
        self, query: str, *, k: int = 10, mode: Mode = "hybrid", filters: Filters | None = None
    ) -> Retrieved:
        """The ``k`` best passages for ``query``, fewer where fewer pass the filters.

        With a reranker the first ``RERANKED`` of a hybrid search are in its order.

        Raises RagError for an empty or endless question.
        """
        question = one_line(query)
        if not question:
            raise RagError("The question is empty. Type one.")
        if len(question) > MAX_QUESTION:
            raise RagError(f"The question is longer than {MAX_QUESTION} characters. Shorten it.")
        language = detect(question)
        vector = None if mode == "bm25" else self._encode(question, language)
        wanted = k if self._reranker is None else max(k, RERANKED)
        depth = 2 * wanted + _SPARE
        known = self.index.gather(
            Question(question, language, vector),
            normalised(filters),
            with_terms=mode != "dense",
            k=depth,
        )
        found, scores = rank(known.signals, known.groups, language, depth)
        seen = known.signals.of(found)
        rows = found if known.rows is None else known.rows[found]
        places = self._joined(rows, wanted)
        pages = [self.index.page_of(p.chunk.document, p.chunk.start) for p, _ in places]
        hits = [
            Hit(
                rank=number,
                score=float(scores[place]),
                chunk=passage.chunk,
                source=self.index.info(passage.chunk.document).source,
                page=passage.page,
                page_label=page.label,
                cosine=None if seen.cosines is None else float(seen.cosines[place]),
                bm25=None if seen.bm25 is None else float(seen.bm25[place]),
                quality=page.quality,
                faults=page.faults,
            )
            for number, ((passage, place), page) in enumerate(
                zip(places, pages, strict=True), start=1
            )
        ]
        if self._reranker is not None and mode == "hybrid":
            hits = _reranked(self._reranker, question, hits)
        return Retrieved(question, language, mode, tuple(hits[:k]), vector)

    def reports(self, filters: Filters | None = None) -> int:
        """How many reports have a passage that passes the filters."""
        wanted = normalised(filters)
        return sum(passes(info, wanted) for info in self.index.documents())

    def _joined(self, rows: Rows, k: int) -> list[tuple[Ranked, int]]:
        return join(self._ranked(rows, k + REACH), lambda name: self.index.document(name).text, k)

    def _ranked(self, rows: Rows, at_once: int) -> Iterator[Ranked]:
        """Passages as they are asked for: most searches need no more than the first ``at_once``."""
        for start in range(0, len(rows), at_once):
            part = rows[start : start + at_once]
            for row, chunk in zip(part.tolist(), self.index.chunks(part), strict=True):
                yield Ranked(chunk, self.index.page_of(chunk.document, chunk.start).number, (row,))

    def _encode(self, question: str, language: str) -> NDArray[np.float32]:
        vectors = self._encoder.encode_queries([question], [language])
        return np.asarray(vectors[0], dtype=np.float32)
