"""The highest of many scores without sorting them all."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Scores are looked through in blocks of this many: the k highest lie in few of them.
_BLOCK = 64


def top(scores: NDArray[np.floating[Any]], k: int) -> NDArray[np.int64]:
    """Positions of the ``k`` highest scores, best first, ties by position; fewer where n < k."""
    k = min(k, len(scores))
    if k <= 0:
        return np.zeros(0, dtype=np.int64)
    candidates = _contenders(scores, k)
    values = scores[candidates]
    reached = values >= _kth(values, k)
    candidates, values = candidates[reached], values[reached]
    order = np.argsort(-values, kind="stable")
    return np.asarray(candidates[order[:k]], dtype=np.int64)


def kth(scores: NDArray[np.floating[Any]], k: int) -> np.floating[Any]:
    """The ``k``-th highest of ``scores``, from 1 to their number."""
    return _kth(scores[_contenders(scores, k)], k)


def _contenders(scores: NDArray[np.floating[Any]], k: int) -> NDArray[np.int64]:
    """Positions, ascending, of scores among which the ``k`` highest are."""
    blocks = len(scores) // _BLOCK
    if blocks < 2 * k:
        return np.arange(len(scores), dtype=np.int64)
    # The k-th highest of the blocks' maxima is no higher than the k-th highest of all. A block has
    # every so-manieth score: maxima of whole rows are found several at a time.
    maxima = scores[: blocks * _BLOCK].reshape(_BLOCK, blocks).max(axis=0)
    return np.flatnonzero(scores >= _kth(maxima, k))


def _kth(scores: NDArray[np.floating[Any]], k: int) -> np.floating[Any]:
    value: np.floating[Any] = np.partition(scores, len(scores) - k)[len(scores) - k]
    return value
