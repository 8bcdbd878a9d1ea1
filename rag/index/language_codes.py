"""The languages of all rows as small numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rag.index.store import Store

Codes = tuple[NDArray[np.uint8], tuple[str, ...]]

# Rows read together, so that memory does not grow with the index.
_AT_ONCE = 50_000


def language_codes(store: Store, rows: int) -> Codes:
    """For every row, (rows,), the place of its language among those that are told besides."""
    numbers: dict[str, int] = {}
    codes = np.empty(rows, np.uint8)
    for start in range(0, rows, _AT_ONCE):
        found = store.select(
            "SELECT language FROM chunks WHERE row >= ? AND row < ? ORDER BY row",
            (start, start + _AT_ONCE),
        )
        codes[start : start + len(found)] = [
            numbers.setdefault(language, len(numbers)) for (language,) in found
        ]
    return codes, tuple(numbers)
