"""A question to passages: dense, BM25, or both fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.analysis import CLAUSE_MARK, terms
from rag.config import Mode
from rag.errors import RagError
from rag.fusion import Scores, fuse, term_groups, top
from rag.index import Index
from rag.joining import Ranked, join
from rag.languages import LANGUAGES, detect
from rag.schema import Hit
from rag.sparse import SparseIndex
from rag.specifics import specific_terms

TERM_WEIGHT = 0.45
UNSPACED_TERM_WEIGHT = 0.6
"""The share of the term scores within one language, and where words are not set apart by spaces.

Chosen on half of the development data: characters and bigrams tell more than stems do.
"""

_SPARE = 20
"""Passages looked at beyond those asked for, since some are joined and some repeat others."""

SPECIFICS_WEIGHT = 0.08
"""What a passage gains, on the scale of cosines, that has every name and number asked for."""

CLAUSE_WEIGHT = 3
"""How many times over a clause number in a question counts."""

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
class Filters:
    """Which passages may be found; None lets all pass.

    ``language`` is the passage's, ``document`` a name or source, ``issuer`` and ``kind`` are the
    report's; ``since`` and ``until`` are ISO dates at any precision.
    """

    language: str | None = None
    document: str | None = None
    issuer: str | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What a search found. ``vector`` (d,) is the question's, None where only terms were asked."""

    query: str
    language: str
    mode: Mode
    hits: tuple[Hit, ...]
    vector: NDArray[np.float32] | None


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of n passages and one question, arrays of shape (n,); None where not asked.

    ``specifics``, 0 to 1, is the share that a passage has of what the question asks for by its very
    name or number.
    """

    cosines: Scores | None
    bm25: Scores | None
    specifics: Scores | float = 0.0


def specifics_share(sparse: SparseIndex, question: str, language: str) -> Scores | float:
    """For each passage the share, weighted by rarity, of the question's specific terms it has.

    Terms that no passage has do not count; 0 where none is left.
    """
    known = [term for term in sparse.known(specific_terms(question, language)) if term.frequency]
    total = sum(max(term.idf, 0.0) for term in known)
    if total <= 0:
        return 0.0
    share = np.zeros(len(sparse), dtype=np.float32)
    for term in known:
        share[sparse.scores([term.term]) != 0] += max(term.idf, 0.0) / total
    return share


def rank(
    signals: Signals, languages: NDArray[np.str_], asked: str, k: int
) -> tuple[NDArray[np.int64], Scores]:
    """The best ``k`` positions and the score of every position, higher is better.

    ``languages`` (n,) are the passages', ``asked`` is the question's. With BM25 alone a passage
    without any of the terms is not found.
    """
    cosines, bm25 = signals.cosines, signals.bm25
    if cosines is not None and bm25 is not None:
        scores = fuse(cosines, bm25, term_groups(languages.tolist()), _term_weight(asked))
        scores += SPECIFICS_WEIGHT * signals.specifics
        return top(scores, k), scores
    if cosines is not None:
        return top(cosines, k), cosines
    if bm25 is None:
        raise ValueError("neither cosines nor BM25 scores are given")
    found = top(bm25, k)
    return found[bm25[found] > 0], bm25


def _term_weight(language: str) -> float:
    info = LANGUAGES.get(language)
    return TERM_WEIGHT if info is None or info.spaced else UNSPACED_TERM_WEIGHT


def question_terms(question: str, language: str) -> list[str]:
    """The terms of a question; a clause asked for by its number counts ``CLAUSE_WEIGHT`` times."""
    found = terms(question, language)
    clauses = [term for term in found if term.startswith(CLAUSE_MARK)]
    return found + clauses * (CLAUSE_WEIGHT - 1)


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
        question = " ".join(query.split())
        if not question:
            raise RagError("The question is empty. Type one.")
        if len(question) > MAX_QUESTION:
            raise RagError(f"The question is longer than {MAX_QUESTION} characters. Shorten it.")
        language = detect(question)
        wanted = k if self._reranker is None else max(k, RERANKED)
        rows = self._rows(filters or Filters())
        vector = None if mode == "bm25" else self._encode(question, language)
        cosines = None if vector is None else self.index.dense.scores(vector)[rows]
        bm25 = None if mode == "dense" else self._bm25(question, language)[rows]
        specifics = (
            specifics_share(self.index.sparse, question, language) if mode == "hybrid" else 0
        )
        signals = Signals(
            cosines, bm25, specifics[rows] if isinstance(specifics, np.ndarray) else 0.0
        )
        found, scores = rank(signals, self.index.languages()[rows], language, 2 * wanted + _SPARE)
        places = self._joined(rows[found], wanted)
        pages = [self.index.page_of(p.chunk.document, p.chunk.start) for p, _ in places]
        hits = [
            Hit(
                rank=number,
                score=float(scores[found[position]]),
                chunk=passage.chunk,
                source=self.index.info(passage.chunk.document).source,
                page=passage.page,
                page_label=page.label,
                cosine=None if cosines is None else float(cosines[found[position]]),
                bm25=None if bm25 is None else float(bm25[found[position]]),
                quality=page.quality,
                faults=page.faults,
            )
            for number, ((passage, position), page) in enumerate(
                zip(places, pages, strict=True), start=1
            )
        ]
        if self._reranker is not None and mode == "hybrid":
            hits = _reranked(self._reranker, question, hits)
        return Retrieved(question, language, mode, tuple(hits[:k]), vector)

    def _joined(self, rows: NDArray[np.int64], k: int) -> list[tuple[Ranked, int]]:
        ranked = [
            Ranked(chunk, self.index.page_of(chunk.document, chunk.start).number, (row,))
            for row, chunk in zip(rows.tolist(), self.index.chunks(rows), strict=True)
        ]
        return join(ranked, lambda name: self.index.document(name).text, k)

    def _rows(self, filters: Filters) -> NDArray[np.int64]:
        return self.index.rows_where(
            language=filters.language,
            document=filters.document,
            issuer=filters.issuer,
            kind=filters.kind,
            since=filters.since,
            until=filters.until,
        )

    def _encode(self, question: str, language: str) -> NDArray[np.float32]:
        vectors = self._encoder.encode_queries([question], [language])
        return np.asarray(vectors[0], dtype=np.float32)

    def _bm25(self, question: str, language: str) -> Scores:
        scores = self.index.sparse.scores(question_terms(question, language))
        return np.asarray(scores, dtype=np.float32)
