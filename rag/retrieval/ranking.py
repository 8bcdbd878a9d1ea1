"""What is known of passages and a question, and the ranking that follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.fusion import Scores, Span, fuse
from rag.retrieval.selection import top
from rag.retrieval.sparse import Known, SparseIndex
from rag.retrieval.specifics import specific_terms
from rag.text.languages import LANGUAGES
from rag.text.terms import CLAUSE_MARK, terms

if TYPE_CHECKING:
    # FAISS takes longer to import than most commands to run.
    from rag.retrieval.dense import DenseIndex

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

SPECIFICS_WEIGHT = 0.08
"""What a passage gains, on the scale of cosines, that has every name and number asked for."""

CLAUSE_WEIGHT = 3
"""How many times over a clause number in a question counts."""

LONGER = 4
"""How many times as long the list by cosine is that names and numbers are looked for in."""

WORST = 8
"""Rows with the least cosines that are looked for, to know how far cosines reach."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its language and its unit vector (d,), None where only terms are asked."""

    text: str
    language: str
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


@dataclass(frozen=True, slots=True)
class Gathered:
    """The passages that are ranked: their rows (n,), ascending, None for all, and their signals.

    ``groups`` (n,) says which of them share terms.
    """

    rows: Rows | None
    signals: Signals
    groups: NDArray[np.generic]


def signals_of(
    question: Question, sparse: SparseIndex | None, cosines: Scores | None = None
) -> Signals:
    """What is known of all passages; their ``cosines`` as given.

    Without ``sparse`` terms are not asked. What is asked for by name is looked for where vectors
    are asked too: with terms alone their scores tell it.
    """
    if sparse is None:
        return Signals(cosines, None)
    bm25 = sparse.scores(question_terms(question.text, question.language))
    by_name = question.vector is not None
    return Signals(
        cosines,
        np.asarray(bm25, dtype=np.float32),
        specifics_share(sparse, question.text, question.language) if by_name else None,
    )


def specifics_weights(known: Iterable[Known]) -> dict[str, float]:
    """What share of all that is asked for by name each term is, by rarity: 0 to 1, in sum 1.

    Terms that no passage has do not count; empty where none is left.
    """
    rarity = {term.term: max(term.idf, 0.0) for term in known if term.frequency}
    total = sum(rarity.values())
    return {term: weight / total for term, weight in rarity.items()} if total > 0 else {}


def specifics_share(sparse: SparseIndex, question: str, language: str) -> Scores | None:
    """For each passage the share, weighted by rarity, of the question's specific terms it has.

    None where no passage has any of them.
    """
    weights = specifics_weights(sparse.known(specific_terms(question, language)))
    if not weights:
        return None
    share = np.zeros(len(sparse), dtype=np.float32)
    for term, weight in weights.items():
        share[sparse.rows_with(term)] += weight
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
        boost = None if signals.specifics is None else SPECIFICS_WEIGHT * signals.specifics
        return fuse(cosines, bm25, groups, _term_weight(asked), k, boost=boost, spans=signals.spans)
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


def gather(
    sparse: SparseIndex | None, dense: DenseIndex | None, question: Question, rows: Rows | None
) -> tuple[Rows | None, Signals]:
    """The rows that are ranked, None for all of them, and what is known of them.

    Where the dense index is exact, they are all that pass the filters, and what ``rank`` makes of
    them is exact. Else they are the ``CANDIDATES`` that either side puts first and, of lists
    ``LONGER`` times as long, those that have what is asked for by name. Their signals are exact
    too, so that the ranking can differ from that of all only where the dense index missed a
    passage, or where one would come first by both sides together that neither puts forward.
    """
    known = signals_of(question, sparse)
    bm25, specifics, vector = known.bm25, known.specifics, question.vector
    if dense is None or vector is None:
        return rows, known.of(rows)
    if dense.exact or (rows is not None and len(rows) <= EXACT_UP_TO):
        return rows, replace(known.of(rows), cosines=dense.scores(vector, rows))
    near = dense.candidates(
        vector, CANDIDATES if specifics is None else LONGER * CANDIDATES, rows=rows
    )
    chosen = [near[:CANDIDATES]]
    if bm25 is None:
        pool = np.sort(near[:CANDIDATES])
        return pool, Signals(dense.scores(vector, pool), None)
    passing = bm25 if rows is None else bm25[rows]
    matched = np.flatnonzero(passing > 0)
    best = matched[top(passing[matched], CANDIDATES)]
    chosen.append(best if rows is None else rows[best])
    if specifics is not None:
        chosen.append(near[specifics[near] > 0])
        named = np.flatnonzero((specifics if rows is None else specifics[rows]) > 0)
        named = named[top(passing[named], LONGER * CANDIDATES)]
        chosen.append(named if rows is None else rows[named])
    # The worst are ranked too, so that the cosines' span is that of all.
    chosen.append(dense.candidates(-vector, WORST, rows=rows))
    pool = np.unique(np.concatenate(chosen))
    cosines = dense.scores(vector, pool)
    spans = (Span.of(cosines), Span.of(passing))
    return pool, replace(known.of(pool), cosines=cosines, spans=spans)
