"""A question to passages: dense, BM25, or both fused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.analysis import CLAUSE_MARK, terms
from rag.config import Mode
from rag.errors import RagError
from rag.fusion import Scores, Span, fuse, term_groups
from rag.index import Index
from rag.joining import REACH, Ranked, join
from rag.languages import LANGUAGES, detect
from rag.schema import Hit
from rag.selection import top
from rag.sparse import SparseIndex
from rag.specifics import specific_terms

Rows = NDArray[np.int64]

EXACT_UP_TO = 20_000
"""Rows that pass a filter whose cosines are all computed, however large the index."""

CANDIDATES = 512
"""Rows that each side puts forward where the dense index is approximate."""

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


_LONGER = 4
"""How many times as long the list by cosine is that names and numbers are looked for in."""

_WORST = 8
"""Rows with the least cosines that are looked for, to know how far cosines reach."""

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
    name or number. ``spans`` are those of the cosines and of the term scores of all passages, where
    these are only some.
    """

    cosines: Scores | None
    bm25: Scores | None
    specifics: Scores | None = None
    spans: tuple[Span, Span] | None = None

    def of(self, positions: NDArray[np.int64] | None) -> Signals:
        """Those of some passages; of all for None."""
        if positions is None:
            return self
        return replace(
            self,
            cosines=None if self.cosines is None else self.cosines[positions],
            bm25=None if self.bm25 is None else self.bm25[positions],
            specifics=None if self.specifics is None else self.specifics[positions],
        )


def specifics_share(sparse: SparseIndex, question: str, language: str) -> Scores | None:
    """For each passage the share, weighted by rarity, of the question's specific terms it has.

    Terms that no passage has do not count; None where none is left.
    """
    known = [term for term in sparse.known(specific_terms(question, language)) if term.frequency]
    total = sum(max(term.idf, 0.0) for term in known)
    if total <= 0:
        return None
    share = np.zeros(len(sparse), dtype=np.float32)
    for term in known:
        share[sparse.rows_with(term.term)] += max(term.idf, 0.0) / total
    return share


def rank(
    signals: Signals, groups: NDArray[np.generic], asked: str, k: int
) -> tuple[NDArray[np.int64], Scores]:
    """The best ``k`` positions, best first, and their scores, higher is better, both (k',).

    ``groups`` (n,) says which passages share terms, ``asked`` is the question's language. With BM25
    alone a passage without any of the terms is not found.
    """
    cosines, bm25 = signals.cosines, signals.bm25
    if cosines is not None and bm25 is not None:
        lift = None if signals.specifics is None else SPECIFICS_WEIGHT * signals.specifics
        return fuse(cosines, bm25, groups, _term_weight(asked), k, lift=lift, spans=signals.spans)
    if cosines is not None:
        found = top(cosines, k)
        return found, cosines[found]
    if bm25 is None:
        raise ValueError("neither cosines nor BM25 scores are given")
    found = top(bm25, k)
    found = found[bm25[found] > 0]
    return found, bm25[found]


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
        vector = None if mode == "bm25" else self._encode(question, language)
        wanted = k if self._reranker is None else max(k, RERANKED)
        rows, signals = self._signals(question, language, mode, self._rows(filters), vector)
        groups = self._groups if rows is None else self._groups[rows]
        found, scores = rank(signals, groups, language, 2 * wanted + _SPARE)
        seen = signals.of(found)
        hits = [
            Hit(
                rank=number,
                score=float(scores[place]),
                chunk=passage.chunk,
                source=self.index.info(passage.chunk.document).source,
                page=passage.page,
                page_label=self.index.page_of(passage.chunk.document, passage.chunk.start).label,
                cosine=None if seen.cosines is None else float(seen.cosines[place]),
                bm25=None if seen.bm25 is None else float(seen.bm25[place]),
            )
            for number, (passage, place) in enumerate(
                self._joined(found if rows is None else rows[found], wanted), start=1
            )
        ]
        if self._reranker is not None and mode == "hybrid":
            hits = _reranked(self._reranker, question, hits)
        return Retrieved(question, language, mode, tuple(hits[:k]), vector)

    def _signals(
        self,
        question: str,
        language: str,
        mode: Mode,
        rows: Rows | None,
        vector: NDArray[np.float32] | None,
    ) -> tuple[Rows | None, Signals]:
        """The rows that are ranked, None for all of them, and what is known of them.

        All that pass the filters where the dense index is exact. Else those that either side puts
        first, and those among a longer list by cosine that have what is asked for by name.
        """
        sparse, dense = self.index.sparse, self.index.dense if vector is not None else None
        bm25 = specifics = None
        if mode != "dense":
            scores = sparse.scores(question_terms(question, language))
            bm25 = np.asarray(scores, dtype=np.float32)
        if mode == "hybrid":
            specifics = specifics_share(sparse, question, language)
        known = Signals(None, bm25, specifics)
        if dense is None or vector is None:
            return rows, known.of(rows)
        if dense.exact or (rows is not None and len(rows) <= EXACT_UP_TO):
            return rows, replace(known.of(rows), cosines=dense.scores(vector, rows))
        near = dense.candidates(
            vector, CANDIDATES if specifics is None else _LONGER * CANDIDATES, rows=rows
        )
        chosen = [near[:CANDIDATES]]
        if specifics is not None:
            chosen.append(near[specifics[near] > 0])
        if bm25 is None:
            pool = np.unique(near[:CANDIDATES])
            return pool, Signals(dense.scores(vector, pool), None)
        passing = bm25 if rows is None else bm25[rows]
        best = top(passing, CANDIDATES)
        best = best[passing[best] > 0]
        chosen.append(best if rows is None else rows[best])
        # The worst are ranked too, so that the cosines' span is that of all.
        chosen.append(dense.candidates(-vector, _WORST, rows=rows))
        pool = np.unique(np.concatenate(chosen))
        cosines = dense.scores(vector, pool)
        spans = (Span.of(cosines), Span.of(passing))
        return pool, replace(known.of(pool), cosines=cosines, spans=spans)

    def _joined(self, rows: Rows, k: int) -> list[tuple[Ranked, int]]:
        return join(self._ranked(rows, k + REACH), lambda name: self.index.document(name).text, k)

    def _ranked(self, rows: Rows, at_once: int) -> Iterator[Ranked]:
        """Passages as they are asked for: most searches need no more than the first ``at_once``."""
        for start in range(0, len(rows), at_once):
            part = rows[start : start + at_once]
            for row, chunk in zip(part.tolist(), self.index.chunks(part), strict=True):
                yield Ranked(chunk, self.index.page_of(chunk.document, chunk.start).number, (row,))

    def _rows(self, filters: Filters | None) -> Rows | None:
        if filters is None or filters == Filters():
            return None
        return self.index.rows_where(
            language=filters.language,
            document=filters.document,
            issuer=filters.issuer,
            kind=filters.kind,
            since=filters.since,
            until=filters.until,
        )

    @cached_property
    def _groups(self) -> NDArray[np.uint8]:
        """For every row a number that those share whose languages share terms, (n,)."""
        codes, languages = self.index.language_codes()
        _, numbers = np.unique(term_groups(languages), return_inverse=True)
        return np.asarray(numbers, np.uint8)[codes]

    def _encode(self, question: str, language: str) -> NDArray[np.float32]:
        vectors = self._encoder.encode_queries([question], [language])
        return np.asarray(vectors[0], dtype=np.float32)
