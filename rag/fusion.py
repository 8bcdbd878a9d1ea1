"""Rankings to one ranking, without letting one language crowd out another.

Terms can only be found in the question's own language, or in one that shares its words, so adding
term scores lifts those passages above equally good ones in other languages. Here term scores decide
the order *within* each group of languages that share terms, and the cosines decide how the groups
interleave: the best passage of a group by both scores gets the best cosine of that group, the
second best the second, and so on. In a corpus of one language this is the plain weighted sum.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

# Chinese in both scripts and Japanese share ideographs once they are folded.
_SHARED_TERMS = {"zh-Hans": "han", "zh-Hant": "han", "ja": "han"}


def term_groups(languages: Sequence[str]) -> NDArray[np.str_]:
    """For each language the name of the group that it shares terms with."""
    return np.array(
        [_SHARED_TERMS.get(language, language) for language in languages], dtype=np.str_
    )


def normalise(scores: Scores) -> Scores:
    """Scores moved and scaled so that the least is 0 and the greatest 1; all 0 where all equal."""
    if not len(scores):
        return scores
    low, high = scores.min(), scores.max()
    if high <= low:
        return np.zeros_like(scores)
    return np.asarray((scores - low) / (high - low), dtype=np.float32)


def fuse(cosines: Scores, bm25: Scores, groups: NDArray[np.generic], weight: float) -> Scores:
    """One score for each passage, higher is better, on the scale of ``cosines``.

    ``cosines`` and ``bm25`` have shape (n,) and belong to the same passages; ``groups`` (n,) says
    which of them share terms. ``weight``, 0 to 1, is the share of the term scores within a group.
    Where all of ``bm25`` is 0 the result equals ``cosines``.
    """
    combined = (1 - weight) * normalise(cosines) + weight * normalise(bm25)
    fused = np.empty_like(cosines)
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        order = np.argsort(-combined[rows], kind="stable")
        fused[rows[order]] = -np.sort(-cosines[rows])
    return fused


def top(scores: Scores, k: int) -> NDArray[np.int64]:
    """Positions of the ``k`` highest scores, best first, ties by position; fewer where n < k."""
    k = min(k, len(scores))
    if k <= 0:
        return np.zeros(0, dtype=np.int64)
    threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
    candidates = np.flatnonzero(scores >= threshold)
    order = np.argsort(-scores[candidates], kind="stable")
    return np.asarray(candidates[order[:k]], dtype=np.int64)
