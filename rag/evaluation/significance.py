"""How sure a mean is, and whether the difference between two modes is more than chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
PERMUTATIONS = 10_000
_SEED = 20240628
_BATCH = 250


def bootstrap_intervals(
    values: NDArray[np.float64], *, resamples: int = RESAMPLES, seed: int = _SEED
) -> NDArray[np.float64]:
    """95 % percentile intervals of the means of the columns (Efron 1979).

    ``values``: queries by metrics, at least one query. Queries are drawn with replacement. The
    result has a row ``[low, high]`` for each metric; the same seed gives the same numbers.
    """
    count = len(values)
    random = np.random.default_rng(seed)
    means = np.concatenate(
        [
            # How often each query was drawn is all that its resample's mean depends on.
            random.multinomial(count, np.full(count, 1 / count), size=min(_BATCH, resamples - done))
            @ values
            / count
            for done in range(0, resamples, _BATCH)
        ]
    )
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return np.stack([low, high], axis=1)


def permutation_p_value(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    *,
    permutations: int = PERMUTATIONS,
    seed: int = _SEED,
) -> float:
    """Two-sided p-value that paired values have the same mean (Fisher's randomisation test).

    ``first`` and ``second``: one value for each query, in the same order. The signs of the
    differences are flipped in all ways where there are no more than ``permutations`` of them
    (the exact test), otherwise at random that many times; then the observed arrangement counts as
    one more, so that the p-value is never 0 (Phipson and Smyth 2010).
    """
    differences = np.asarray(first - second, dtype=np.float64)
    # A difference of zero is the same under either sign.
    differences = differences[differences != 0]
    count = len(differences)
    if count == 0:
        return 1.0
    # Sums that are equal but for rounding must count as equal.
    observed = abs(float(differences.sum())) - 1e-9
    if 2**count <= permutations:
        patterns = np.arange(2**count)[:, None] >> np.arange(count) & 1
        return float(np.mean(np.abs((1 - 2 * patterns) @ differences) >= observed))
    random = np.random.default_rng(seed)
    extreme = 0
    for done in range(0, permutations, _BATCH):
        size = (min(_BATCH, permutations - done), count)
        signs = 1 - 2 * random.integers(0, 2, size=size, dtype=np.int8)
        extreme += int(np.sum(np.abs(signs @ differences) >= observed))
    return (extreme + 1) / (permutations + 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for being several (Holm 1979), in the order given."""
    corrected = [0.0] * len(p_values)
    highest = 0.0
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    for place, i in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[i]))
        corrected[i] = highest
    return corrected
