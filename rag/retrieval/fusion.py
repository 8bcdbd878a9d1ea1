"""Rankings to one ranking, without letting one language crowd out another.

Terms can only be found in the question's own language, or in one that shares its words, so adding
term scores ranks those passages above equally good ones in other languages. Here term scores decide
the order *within* each group of languages that share terms, and the cosines decide how the groups
interleave: the best passage of a group by both scores gets the best cosine of that group, the
second best the second, and so on. In a corpus of one language this is the plain weighted sum.

The first k need no full sort. Within a group the assigned scores are its cosines in another order,
so the k-th highest score of all is the k-th highest cosine, and only passages that rank in their
group no lower than that cosine does can be among the first k.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.selection import kth, top

Scores = NDArray[np.float32]
Positions = NDArray[np.int64]

# Chinese in both scripts and Japanese share ideographs once they are folded.
_SHARED_TERMS = {"zh-Hans": "han", "zh-Hant": "han", "ja": "han"}

# Of float32 sums, generously.
_ROUNDING = 1e-5


@dataclass(frozen=True, slots=True)
class Span:
    """The least and the greatest of some scores, those that are scaled to 0 and 1."""

    low: float
    high: float

    @classmethod
    def of(cls, scores: Scores) -> Span:
        """That of ``scores``, which may be empty."""
        return cls(float(scores.min()), float(scores.max())) if len(scores) else cls(0.0, 0.0)

    def scale(self, scores: Scores) -> Scores:
        """``scores`` moved and scaled by it; all 0 where it is empty."""
        low, high = np.float32(self.low), np.float32(self.high)
        if high <= low:
            return np.zeros_like(scores)
        return np.asarray((scores - low) / (high - low), dtype=np.float32)


def term_groups(languages: Sequence[str]) -> NDArray[np.str_]:
    """For each language the name of the group that it shares terms with."""
    return np.array(
        [_SHARED_TERMS.get(language, language) for language in languages], dtype=np.str_
    )


def group_numbers(languages: Sequence[str]) -> NDArray[np.int64]:
    """For each language a number, from 0, that those share which share terms, (n,)."""
    _, numbers = np.unique(term_groups(languages), return_inverse=True)
    return np.asarray(numbers, dtype=np.int64)


def normalise(scores: Scores) -> Scores:
    """Scores moved and scaled so that the least is 0 and the greatest 1; all 0 where all equal."""
    return Span.of(scores).scale(scores)


def fuse(
    cosines: Scores,
    bm25: Scores,
    groups: NDArray[np.generic],
    weight: float,
    k: int,
    *,
    boost: Scores | None = None,
    spans: tuple[Span, Span] | None = None,
) -> tuple[Positions, Scores]:
    """The best ``k`` positions, best first, ties by position, and their scores, both (k',).

    Scores are on the scale of ``cosines``, higher is better. ``cosines`` and ``bm25`` have shape
    (n,) and belong to the same passages; ``groups`` (n,) says which of them share terms.
    ``weight``, 0 to 1, is the share of the term scores within a group; ``boost`` (n,), 0 and up, is
    added at the end. ``spans`` scale cosines and term scores; without them it is their own. k' is
    ``k``, or n where that is less.

    The result is that of assigning the cosines of every group in full and sorting all scores, to
    the last bit. Where all of ``bm25`` is 0 and there is no boost a score equals its cosine.
    """
    k = min(k, len(cosines))
    if k <= 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    if boost is not None and not boost.any():
        boost = None
    # Whoever is among the first k has, before its boost, at least this score.
    largest_boost = 0.0 if boost is None else float(boost.max()) * (1 + _ROUNDING) + _ROUNDING
    least = np.float32(float(kth(cosines, k)) - largest_boost)
    near = np.flatnonzero(cosines >= least)
    near_groups = groups[near]
    of_cosines, of_terms = spans or (Span.of(cosines), Span.of(bm25))
    combined = (1 - weight) * of_cosines.scale(cosines) + weight * of_terms.scale(bm25)
    found, assigned = [], []
    for group in np.unique(near_groups):
        group_cosines = -np.sort(-cosines[near[near_groups == group]])
        rows = np.flatnonzero(groups == group)
        best = rows[top(combined[rows], len(group_cosines))]
        found.append(best)
        assigned.append(group_cosines)
    positions, scores = np.concatenate(found), np.concatenate(assigned)
    if boost is not None:
        scores = scores + boost[positions]
    order = np.lexsort((positions, -scores))[:k]
    return positions[order], scores[order]
